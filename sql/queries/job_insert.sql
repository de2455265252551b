-- Accept jobs: those that wait are nobody's and due, those that were given to
-- miners at once are assigned. Arrays, an element a job.
-- $1 id, $2 netuid, $3 kind, $4 state, $5 params, $6 expect,
-- $7 input_sha256, $8 input_type, $9 input_bytes, $10 miners_min,
-- $11 miners_wanted, $12 priority, $13 retries_left, $14 created_at,
-- $15 deadline_at, $16 rank_at, its place in the queue, $17 sticky, $18 tenant,
-- $19 input_measured, $20 input_of, what its input is kept under (null: its id),
-- $21 webhook_url, $22 traceparent, $23 webhook_form
insert into job (id, netuid, kind, state, params, expect, input_sha256,
	input_type, input_bytes, miners_min, miners_wanted, priority,
	retries_left, created_at, deadline_at, rank_at, sticky, tenant,
	input_measured, input_of, webhook_url, traceparent, webhook_form,
	next_try_at)
select g.*, g.created_at
from unnest($1::uuid[], $2::integer[], $3::text[], $4::job_state[],
	$5::jsonb[], $6::jsonb[], $7::text[], $8::text[], $9::bigint[],
	$10::integer[], $11::integer[], $12::integer[], $13::integer[],
	$14::timestamptz[], $15::timestamptz[], $16::timestamptz[],
	$17::text[], $18::text[], $19::jsonb[], $20::uuid[], $21::text[],
	$22::text[], $23::text[])
	as g (id, netuid, kind, state, params, expect, input_sha256, input_type,
	input_bytes, miners_min, miners_wanted, priority, retries_left,
	created_at, deadline_at, rank_at, sticky, tenant, input_measured,
	input_of, webhook_url, traceparent, webhook_form)
