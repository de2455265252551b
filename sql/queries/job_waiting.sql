-- How many jobs of each kind wait for a miner, and since when the oldest does.
-- $1 netuid
-- columns: kind, n, since_us (null: none waits), deadline_ms
select k.name as kind, coalesce(q.n, 0) as n,
	(extract(epoch from q.oldest) * 1e6)::bigint as since_us, k.deadline_ms
from kind k
left join (
	select kind, count(*) as n, min(created_at) as oldest
	from job
	where netuid = $1 and state = 'queued'
	group by kind) q on q.kind = k.name
where k.netuid = $1
