-- What came of a miner's attempts since a time, by kind.
-- $1 netuid, $2 hotkey, $3 since
-- columns: kind, ended, delivered, failed (its side), ours (our side), other
-- (not needed any more, or cancelled), p50_ms, p95_ms (of the miner's part of
-- those delivered), last
select a.kind, count(*) as ended,
	count(*) filter (where a.state = 'delivered') as delivered,
	count(*) filter (where r.side = 'miner') as failed,
	count(*) filter (where r.side = 'us' and r.name <> 'not_needed')
		as ours,
	count(*) filter (where r.side = 'client' or r.name = 'not_needed')
		as other,
	percentile_cont(0.5) within group (order by a.miner_ms)
		filter (where a.state = 'delivered') as p50_ms,
	percentile_cont(0.95) within group (order by a.miner_ms)
		filter (where a.state = 'delivered') as p95_ms,
	max(a.finished_at) as last
from attempt a
left join reason r on r.name = a.reason
where a.netuid = $1 and a.hotkey = $2 and a.finished_at >= $3
group by a.kind
order by a.kind
