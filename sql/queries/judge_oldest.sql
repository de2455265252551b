-- The attempt that has waited for its judgement the longest; not those whose
-- job's reference is still looked for.
-- $1 netuid
-- columns: since_us, its end; no row: none waits
select (extract(epoch from a.finished_at) * 1e6)::bigint as since_us
from attempt a
left join reference f on f.netuid = a.netuid and f.job_id = a.job_id
where a.netuid = $1 and a.finished_at is not null and a.judged_at is null
	and (f.state is null or f.state in ('ready', 'none'))
order by a.finished_at
limit 1
