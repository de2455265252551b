-- Commits of a hotkey that wait for their reveal, oldest first.
-- $1 netuid, $2 mecid, $3 hotkey
-- columns: those of ledger_open
select id, netuid, mecid, vector_id, state, hotkey, uids, weights,
	version_key, call, nonce, era_birth, era_death, extrinsic_hash,
	coalesce(finalized_block, included_block) as block,
	coalesce(finalized_hash, included_hash) as block_hash,
	action, spec_version, reveal_round, reveal_block, commit_epoch,
	commit_hash, salt, reveals
from ledger
where netuid = $1 and mecid = $2 and hotkey = $3 and state = 'committed'
order by intended_at, id
