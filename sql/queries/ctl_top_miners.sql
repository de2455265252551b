-- Miners by what they did since a time, the busiest first.
-- $1 netuid, $2 now, $3 since, $4 mecid, $5 how many
-- columns: uid, hotkey, state ("up", "down", "out" or "banned"), open, ended,
-- delivered, failed (its side), p50_ms, score, weight
select n.uid, n.hotkey, case when m.banned_at is not null then 'banned'
		when m.ejected_until > $2 then 'out'
		when m.is_up or m.polled_at >= $2::timestamptz
			- interval '1 min' then 'up'
		else 'down' end as state,
	coalesce(o.open, 0) as open, coalesce(t.ended, 0) as ended,
	coalesce(t.delivered, 0) as delivered, coalesce(t.failed, 0) as failed,
	t.p50_ms, e.score, e.weight
from neuron n
join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
left join (
	select hotkey, count(*) as open
	from attempt
	where netuid = $1 and finished_at is null
	group by hotkey) o on o.hotkey = n.hotkey
left join lateral (
	select count(*) as ended,
		count(*) filter (where a.state = 'delivered') as delivered,
		count(*) filter (where r.side = 'miner') as failed,
		percentile_cont(0.5) within group (order by a.miner_ms)
			filter (where a.state = 'delivered') as p50_ms
	from attempt a
	left join reason r on r.name = a.reason
	where a.netuid = n.netuid and a.hotkey = n.hotkey
		and a.finished_at >= $3) t on true
left join score_entry e on e.hotkey = n.hotkey and e.run_id = (
	select id from score_run
	where netuid = $1 and mecid = $4
	order by epoch desc
	limit 1)
where n.netuid = $1
order by open desc, ended desc, n.uid
limit $5
