-- What each miner earned in a scoring round, best first.
-- $1 score run; columns: hotkey, uid, jobs, successes, latency_p50_ms, speed,
-- accuracy, stake_share, score, win_rate, weight
select hotkey, uid, jobs, successes, latency_p50_ms, speed, accuracy,
	stake_share, score, win_rate, weight
from score_entry
where run_id = $1
order by score desc, hotkey
