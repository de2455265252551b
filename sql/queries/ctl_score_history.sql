-- One miner's latest scoring rounds of a mechanism.
-- $1 netuid, $2 hotkey, $3 how many, $4 mecid; columns: epoch, at, and those of
-- ctl_score_entries but the hotkey
select r.epoch, r.at, e.uid, e.jobs, e.successes, e.latency_p50_ms, e.speed,
	e.accuracy, e.stake_share, e.score, e.win_rate, e.weight
from score_entry e
join score_run r on r.id = e.run_id
where e.netuid = $1 and e.hotkey = $2 and r.mecid = $4
order by r.at desc
limit $3
