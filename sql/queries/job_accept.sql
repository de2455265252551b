-- Accept a job and give it to miners at once.
-- $1 id, $2 netuid, $3 kind, $4 params, $5 expect, $6 input_sha256,
-- $7 input_type, $8 input_bytes, $9 miners_min, $10 miners_wanted,
-- $11 priority, $12 retries_left, $13 created_at, $14 deadline_at,
-- $15 rank_at, $16 sticky, $17 tenant, $18 instance, $19 now,
-- $20 deadline of the attempts,
-- $21 JSON array of {id, hotkey, uid, address, receipt}
-- columns: id of each attempt made
with accepted as (
	insert into job (id, netuid, kind, state, params, expect, input_sha256,
		input_type, input_bytes, miners_min, miners_wanted, priority,
		retries_left, created_at, deadline_at, next_try_at, rank_at,
		sticky, tenant)
	values ($1, $2, $3, 'assigned', $4, $5, $6, $7, $8, $9, $10, $11, $12,
		$13, $14, $13, $15, $16, $17)
	returning id, netuid, kind, created_at
)
insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, state,
	receipt, prepared_at, sent_at, queue_ms, deadline_at, instance)
select a.id, j.id, j.netuid, j.kind, a.hotkey, a.uid, a.address, 'sent',
	a.receipt, $19, $19,
	extract(epoch from $19::timestamptz - j.created_at) * 1000, $20, $18
from accepted j, json_to_recordset($21::json) as a (id uuid, hotkey text,
	uid integer, address text, receipt json)
returning id
