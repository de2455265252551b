-- The intention of a hotkey that is in flight, whichever subnet's.
-- $1 hotkey
-- columns: id, netuid, mecid, vector_id, state, hotkey, uids, weights,
-- version_key, call, nonce, era_birth, era_death, extrinsic_hash, block,
-- block_hash (finalized, else included), action, spec_version, reveal_round,
-- reveal_block, commit_epoch, commit_hash, salt, reveals
select id, netuid, mecid, vector_id, state, hotkey, uids, weights,
	version_key, call, nonce, era_birth, era_death, extrinsic_hash,
	coalesce(finalized_block, included_block) as block,
	coalesce(finalized_hash, included_hash) as block_hash,
	action, spec_version, reveal_round, reveal_block, commit_epoch,
	commit_hash, salt, reveals
from ledger
where hotkey = $1 and state in ('intended', 'submitted', 'included',
	'finalized', 'unknown')
order by intended_at, id
