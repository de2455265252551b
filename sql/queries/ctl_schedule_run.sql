-- A schedule's job now, beside those that are due, enabled or not: as
-- schedule_fire.sql makes it.
-- $1 netuid, $2 name, $3 id of the job, $4 now
-- columns: name, job, kind
with made as (
	insert into job (id, netuid, kind, state, source, params, expect,
		miners_min, miners_wanted, priority, retries_left, created_at,
		deadline_at, next_try_at, rank_at, sticky)
	select $3, s.netuid, s.kind, 'queued', 'schedule', s.job->'params',
		s.job->'expect', k.miners_min,
		coalesce((s.job->>'miners')::integer, k.miners_wanted),
		(s.job->>'priority')::integer, k.retry_budget, $4,
		$4::timestamptz + interval '1 ms' * coalesce(
			(s.job->>'deadline_ms')::bigint, k.deadline_ms),
		$4, $4::timestamptz
			- interval '1 ms' * (s.job->>'lead_ms')::bigint,
		s.job->>'sticky'
	from schedule s
	join kind k on k.netuid = s.netuid and k.name = s.kind
	where s.netuid = $1 and s.name = $2 and s.in_file
	returning id
)
update schedule s set last_job = made.id
from made
where s.netuid = $1 and s.name = $2
returning s.name, s.last_job as job, s.kind
