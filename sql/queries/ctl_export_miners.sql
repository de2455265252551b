-- The neurons as a scoring round saw them, in the order of their hotkeys'
-- bytes.
-- $1 score run; columns: as run_neurons, from the hotkey on
select hotkey, coldkey, uid, alpha, block as address_block,
	(extract(epoch from since_at) * 1e6)::bigint as since_us, serves,
	banned, failed_audits, previous, consensus, before,
	submission_state,
	submission_score, submission_block,
	(extract(epoch from submission_at) * 1e6)::bigint as submission_at_us,
	submission_hash, coalesce(submission_repo, '') as submission_repo,
	locked, locked_own, paid
from run_miner
where run_id = $1
order by hotkey collate "C"
