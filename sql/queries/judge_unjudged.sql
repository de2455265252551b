-- Attempts that ended and have not been judged, the oldest first.
-- $1 netuid, $2 at most so many
-- columns: id, hotkey, kind, state, reason, side, miner_ms, result_json,
-- measured, params, expect, scoring
select a.id, a.hotkey, a.kind, a.state, a.reason, r.side, a.miner_ms,
	a.result_json, a.measured, j.params, j.expect, k.scoring
from attempt a
join job j on j.id = a.job_id
join kind k on k.netuid = a.netuid and k.name = a.kind
left join reason r on r.name = a.reason
where a.netuid = $1 and a.finished_at is not null and a.judged_at is null
order by a.finished_at
limit $2
