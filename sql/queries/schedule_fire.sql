-- Fire schedules that are due: a job each, queued and nobody's, and the next
-- time. Those that somebody else has fired since they were read, or is firing
-- now, are passed over: a due time is fired once.
-- $1 netuid, $2 jsonb array of {"name", "due_us", "next_us" (null: never),
-- "job": the id of its job}, $3 now
-- columns: name, job, due_us
with given as (
	select * from jsonb_to_recordset($2::jsonb)
		as g (name text, due_us bigint, next_us bigint, job uuid)
), due as (
	select s.netuid, s.name, s.kind, s.job, g.job as id, g.due_us,
		g.next_us
	from schedule s
	join given g on g.name = s.name
	where s.netuid = $1 and s.in_file and s.enabled
		and s.next_at < 'infinity'
		and (extract(epoch from s.next_at) * 1e6)::bigint = g.due_us
	order by s.name
	for update of s skip locked
), made as (
	insert into job (id, netuid, kind, state, source, params, expect,
		miners_min, miners_wanted, priority, retries_left, created_at,
		deadline_at, next_try_at, rank_at, sticky)
	select d.id, d.netuid, d.kind, 'queued', 'schedule', d.job->'params',
		d.job->'expect', k.miners_min,
		coalesce((d.job->>'miners')::integer, k.miners_wanted),
		(d.job->>'priority')::integer, k.retry_budget, $3,
		$3::timestamptz + interval '1 ms' * coalesce(
			(d.job->>'deadline_ms')::bigint, k.deadline_ms),
		$3, $3::timestamptz
			- interval '1 ms' * (d.job->>'lead_ms')::bigint,
		d.job->>'sticky'
	from due d
	join kind k on k.netuid = d.netuid and k.name = d.kind
)
update schedule s set last_job = d.id, next_at = coalesce(
	timestamptz 'epoch' + interval '1 us' * d.next_us, 'infinity')
from due d
where s.netuid = d.netuid and s.name = d.name
returning s.name, d.id as job, d.due_us
