-- The latest entries of a subnet's weight ledger.
-- $1 netuid, $2 how many; columns: id, mecid, state, reason, call, action,
-- uids, weights (JSON arrays), nonce, extrinsic_hash, intended_at,
-- included_block, finalized_block, reveal_block, proven_block, proven_hash
select id, mecid, state, reason, call, action, to_json(uids) as uids,
	to_json(weights) as weights, nonce, extrinsic_hash, intended_at,
	included_block, finalized_block, reveal_block, proven_block,
	proven_hash
from ledger
where netuid = $1
order by intended_at desc
limit $2
