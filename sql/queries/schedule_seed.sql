-- Take over the schedules file: its schedules replace those of the same name,
-- and those no longer in it do not fire. When one is due next stays as it was,
-- if that is said as before.
-- $1 netuid, $2 jsonb array of rows with netuid, name, cron, jitter_ms, kind,
-- job, in_file and enabled
with given as (
	select * from jsonb_populate_recordset(null::schedule, $2::jsonb)
), gone as (
	update schedule set in_file = false
	where netuid = $1 and in_file and name not in (select name from given)
)
insert into schedule (netuid, name, cron, jitter_ms, kind, job, in_file,
	enabled)
select netuid, name, cron, jitter_ms, kind, job, in_file, enabled
from given
order by name
on conflict (netuid, name) do update set
	(cron, jitter_ms, kind, job, in_file, next_at) =
	(excluded.cron, excluded.jitter_ms, excluded.kind, excluded.job, true,
	case when schedule.in_file and schedule.cron = excluded.cron
		and schedule.jitter_ms = excluded.jitter_ms
		then schedule.next_at end)
