-- Accept a job that has to wait: nobody's, and due.
-- $1 id, $2 netuid, $3 kind, $4 params, $5 expect, $6 input_sha256,
-- $7 input_type, $8 input_bytes, $9 miners_min, $10 miners_wanted,
-- $11 priority, $12 retries_left, $13 created_at, $14 deadline_at,
-- $15 rank_at, its place in the queue, $16 sticky, $17 tenant
insert into job (id, netuid, kind, state, params, expect, input_sha256,
	input_type, input_bytes, miners_min, miners_wanted, priority,
	retries_left, created_at, deadline_at, next_try_at, rank_at, sticky,
	tenant)
values ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
	$13, $15, $16, $17)
