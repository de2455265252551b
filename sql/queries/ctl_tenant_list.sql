-- Tenants whose jobs wait, or of whom an operator said what they weigh; the
-- longest queue first. The empty name: jobs without a tenant.
-- $1 netuid, $2 now, $3 at most so many
-- columns: name, weight, queued, oldest_s: since the oldest of them came
select coalesce(q.tenant, t.name) as name, coalesce(t.weight, 1) as weight,
	coalesce(q.queued, 0) as queued,
	round(extract(epoch from $2::timestamptz - q.oldest)::numeric, 1)
		::double precision as oldest_s
from (
	select tenant, count(*) as queued, min(created_at) as oldest
	from job
	where netuid = $1 and state = 'queued'
	group by tenant) q
full join (select * from tenant where netuid = $1) t on t.name = q.tenant
order by queued desc, name
limit $3
