-- Intentions to set weights that have not come to an end, oldest first.
-- $1 netuid, $2 mecid, $3 hotkey
-- columns: id, vector_id, state, uids, weights, version_key, call, nonce,
-- era_birth, era_death, extrinsic_hash, block, block_hash (finalized, else
-- included)
select id, vector_id, state, uids, weights, version_key, call, nonce,
	era_birth, era_death, extrinsic_hash,
	coalesce(finalized_block, included_block) as block,
	coalesce(finalized_hash, included_hash) as block_hash
from ledger
where netuid = $1 and mecid = $2 and hotkey = $3 and ended_at is null
order by intended_at, id
