-- Kinds of which jobs wait, are under way, or were accepted since a time.
-- $1 netuid, $2 now, $3 since
-- columns: kind, queued, oldest_s, running (assigned, too), accepted, done,
-- failed (and expired), p50_ms, p95_ms
with recent as (
	select kind, state, extract(epoch from finished_at - created_at)
		* 1000 as ms
	from job
	where netuid = $1 and created_at >= $3
	order by created_at desc, id desc
	limit 20000
), ended as (
	select kind, count(*) as accepted,
		count(*) filter (where state = 'done') as done,
		count(*) filter (where state in ('failed', 'expired'))
			as failed,
		percentile_cont(0.5) within group (order by ms)
			filter (where state = 'done') as p50_ms,
		percentile_cont(0.95) within group (order by ms)
			filter (where state = 'done') as p95_ms
	from recent
	group by kind
), open as (
	select kind, count(*) filter (where state = 'queued') as queued,
		count(*) filter (where state <> 'queued') as running,
		min(created_at) filter (where state = 'queued') as oldest
	from job
	where netuid = $1 and finished_at is null
	group by kind
)
select coalesce(o.kind, e.kind) as kind, coalesce(o.queued, 0) as queued,
	extract(epoch from $2::timestamptz - o.oldest)::double precision
		as oldest_s,
	coalesce(o.running, 0) as running, coalesce(e.accepted, 0) as accepted,
	coalesce(e.done, 0) as done, coalesce(e.failed, 0) as failed,
	e.p50_ms, e.p95_ms
from open o
full join ended e on e.kind = o.kind
order by queued desc, accepted desc, kind
