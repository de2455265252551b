-- Why a miner's attempts came to nothing since a time, the most frequent first.
-- $1 netuid, $2 hotkey, $3 since, $4 how many
-- columns: reason, side, attempts, last, help, example (the latest one's job)
select a.reason, r.side, count(*) as attempts, max(a.finished_at) as last,
	r.help, (array_agg(a.job_id order by a.finished_at desc))[1] as example
from attempt a
join reason r on r.name = a.reason
where a.netuid = $1 and a.hotkey = $2 and a.finished_at >= $3
	and a.state <> 'delivered'
group by a.reason, r.side, r.help
order by attempts desc, a.reason
limit $4
