-- The weight vector of a run.
-- $1 id, $2 netuid, $3 run_id, $4 block, $5 created_at,
-- $6 jsonb array of {hotkey, uid, weight}; other members are passed over,
-- $7 mecid
with vector as (
	insert into weight_vector (id, netuid, mecid, run_id, block, created_at)
	values ($1, $2, $7, $3, $4, $5)
	returning id, netuid
)
insert into weight_entry (vector_id, netuid, hotkey, uid, weight)
select vector.id, vector.netuid, e.hotkey, e.uid, e.weight
from vector, jsonb_to_recordset($6::jsonb) as e (hotkey text, uid integer,
	weight double precision)
