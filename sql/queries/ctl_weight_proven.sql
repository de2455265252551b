-- What was proven last of a mechanism's weights.
-- $1 netuid, $2 mecid
-- columns: id, vector_id, hotkey, uids, weights (JSON arrays), call,
-- extrinsic_hash, proven_block, proven_hash, proven_at
select id, vector_id, hotkey, to_json(uids) as uids,
	to_json(weights) as weights, call, extrinsic_hash, proven_block,
	proven_hash, ended_at as proven_at
from ledger
where netuid = $1 and mecid = $2 and state = 'proven'
order by proven_block desc, ended_at desc
limit 1
