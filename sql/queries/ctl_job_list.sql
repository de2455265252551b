-- The latest jobs of a subnet.
-- $1 netuid, $2 state or null for all, $3 how many, $4 source or null for all
-- columns: id, kind, source, state, reason, created_at, total_ms, attempts,
-- delivered
select j.id, j.kind, j.source, j.state, j.reason, j.created_at,
	round(extract(epoch from j.finished_at - j.created_at) * 1000)::bigint
		as total_ms,
	(select count(*) from attempt a where a.job_id = j.id) as attempts,
	(select count(*) from attempt a
		where a.job_id = j.id and a.state = 'delivered') as delivered
from job j
where j.netuid = $1 and ($2::job_state is null or j.state = $2::job_state)
	and ($4::job_source is null or j.source = $4::job_source)
order by j.created_at desc, j.id desc
limit $3
