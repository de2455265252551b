-- Jobs of another system's that are over; those that are there stay as they
-- are.
-- $1 netuid, $2 jsonb array of {id, kind, tenant, source, params, priority,
-- created_us, deadline_us, finished_us, best, state, reason}
-- columns: added
with added as (
	insert into job (id, netuid, kind, state, source, params, tenant,
		priority, miners_min, miners_wanted, retries_left, created_at,
		deadline_at, finished_at, rank_at, reason, best_attempt)
	select j.id, $1::integer, j.kind, j.state, j.source, j.params, j.tenant,
		j.priority, 1, 1, 0,
		timestamptz 'epoch' + j.created_us * interval '1 us',
		timestamptz 'epoch' + j.deadline_us * interval '1 us',
		timestamptz 'epoch' + j.finished_us * interval '1 us',
		timestamptz 'epoch' + j.created_us * interval '1 us',
		j.reason, j.best
	from jsonb_to_recordset($2::jsonb) as j (id uuid, kind text,
		tenant text, source job_source, params jsonb,
		priority integer, created_us bigint, deadline_us bigint,
		finished_us bigint, best uuid, state job_state, reason text)
	on conflict (id) do nothing
	returning id
)
select count(*) as added from added
