-- The schedules that fire, and when.
-- $1 netuid
-- columns: name, cron, jitter_ms, next_us (null: to be worked out)
select name, cron, jitter_ms,
	(extract(epoch from next_at) * 1e6)::bigint as next_us
from schedule
where netuid = $1 and in_file and enabled
	and next_at is distinct from 'infinity'
order by name
