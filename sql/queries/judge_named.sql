-- Of the attempts named, those that ended and have not been judged.
-- $1 netuid, $2 ids
-- columns: as judge_unjudged
select a.id, a.hotkey, a.kind, a.state, a.reason, r.side, a.miner_ms,
	a.result_json, a.measured, j.params, j.expect, k.scoring
from attempt a
join job j on j.id = a.job_id
join kind k on k.netuid = a.netuid and k.name = a.kind
left join reason r on r.name = a.reason
where a.netuid = $1 and a.id = any ($2::uuid[])
	and a.finished_at is not null and a.judged_at is null
