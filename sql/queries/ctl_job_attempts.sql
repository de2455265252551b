-- A job's attempts and what was judged of them.
-- $1 job id; columns: id, hotkey, uid, state, reason, side, queue_ms,
-- dispatch_ms, miner_ms, result_type, result_bytes, success, speed, accuracy,
-- hedge_of: the slow attempt beside which this one was made
select a.id, a.hotkey, a.uid, a.state, a.reason, r.side, a.queue_ms,
	a.dispatch_ms, a.miner_ms, a.result_type, a.result_bytes, g.success,
	g.speed, g.accuracy, a.hedge_of
from attempt a
left join reason r on r.name = a.reason
left join judgement g on g.attempt_id = a.id
where a.job_id = $1
order by a.prepared_at, a.id
