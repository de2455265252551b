-- A delivered attempt that has been judged is done again by a trusted miner,
-- once for ever and while the hour's budget lasts, of which references by
-- trusted miners are a part: a job of the same kind, parameters and input, for
-- that miner alone.
-- $1 attempt id, $2 id for the job, $3 hotkey of the trusted miner, $4 the seed
-- that was sent (null: none but the parameters'), $5 now, $6 most audits an hour
-- columns: job_id
with audited as (
	select a.id, a.hotkey, j.netuid, j.kind, j.params, j.input_sha256,
		j.input_type, j.input_bytes,
		coalesce(j.input_of, j.id) as input_of, k.deadline_ms
	from attempt a
	join job j on j.id = a.job_id
	join kind k on k.netuid = j.netuid and k.name = j.kind
	where a.id = $1 and a.state = 'delivered' and a.judged_at is not null
		and not a.is_unproven
		and j.source <> 'audit' and a.hotkey <> $3
		and (select count(*) from audit
				where netuid = j.netuid
				and at > $5::timestamptz - interval '1 hour')
			+ (select count(*) from reference
				where netuid = j.netuid
				and audit_job is not null and asked_at
				> $5::timestamptz - interval '1 hour') < $6
), begun as (
	insert into audit (attempt_id, netuid, kind, hotkey, trusted, job_id,
		at)
	select id, netuid, kind, hotkey, $3, $2::uuid, $5
	from audited
	on conflict (attempt_id) do nothing
	returning attempt_id, job_id
), made as (
	insert into job (id, netuid, kind, state, source, params, input_sha256,
		input_type, input_bytes, input_of, miners_min, miners_wanted,
		retries_left, created_at, deadline_at, next_try_at, rank_at,
		only_hotkey)
	select b.job_id, a.netuid, a.kind, 'queued', 'audit', case
			when $4::bigint is null then a.params
			else jsonb_build_object('seed', $4::bigint) || a.params end,
		a.input_sha256, a.input_type, a.input_bytes,
		case when a.input_type is not null then a.input_of end, 1, 1, 0,
		$5, $5::timestamptz + a.deadline_ms * interval '1 ms', $5, $5,
		$3
	from begun b
	join audited a on a.id = b.attempt_id
)
select job_id from begun
