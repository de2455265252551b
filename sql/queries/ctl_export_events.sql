-- The judgements that a scoring round could see.
-- $1 netuid, $2 score run; columns: as run_judgements
select j.hotkey, j.kind, j.source,
	(extract(epoch from j.ended_at) * 1e6)::bigint as ended_us, j.success,
	j.accuracy, j.miner_ms, j.attempt_id
from score_run r
join judgement j on j.netuid = r.netuid and j.at >= r.window_from
	and j.at <= r.at and pg_visible_in_snapshot(j.txid, r.seen)
where r.netuid = $1 and r.id = $2
order by j.hotkey collate "C", j.ended_at, j.attempt_id
