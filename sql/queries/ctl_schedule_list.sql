-- The schedules of a subnet, and what came of their last jobs.
-- $1 netuid; columns: name, cron, kind, fires (yes, disabled, not in file),
-- next_at, last_job, last_state
select s.name, s.cron, s.kind,
	case when not s.in_file then 'not in file'
		when not s.enabled then 'disabled'
		when s.next_at = 'infinity' then 'never' else 'yes' end as fires,
	case when s.in_file and s.enabled and s.next_at < 'infinity'
		then s.next_at end as next_at,
	s.last_job, j.state as last_state
from schedule s
left join job j on j.id = s.last_job
where s.netuid = $1
order by s.name
