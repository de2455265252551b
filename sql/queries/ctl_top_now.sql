-- The suite at this moment, in one row. Of jobs accepted since a time the
-- newest 20,000 are looked at, so that a busy subnet is as cheap as a quiet one.
-- $1 netuid, $2 now, $3 since
-- columns: queued, oldest_s (the longest that one of them waits), assigned,
-- running, in_flight (attempts), accepted, done, failed, expired, cancelled,
-- span_s (from the oldest of those looked at to now), p50_ms, p95_ms (from
-- accepting a job to its end), known (miners), up, banned, ejected, block,
-- block_s (its age), undelivered (webhooks), undelivered_s (the oldest's age)
with recent as (
	select state, created_at, extract(epoch from finished_at - created_at)
		* 1000 as ms
	from job
	where netuid = $1 and created_at >= $3
	order by created_at desc, id desc
	limit 20000
), waiting as (
	select state, count(*) as n, min(created_at) as oldest
	from job
	where netuid = $1 and finished_at is null
	group by state
), miners as (
	select count(*) as known,
		count(*) filter (where m.is_up
			or m.polled_at >= $2::timestamptz - interval '1 min')
			as up,
		count(*) filter (where m.banned_at is not null) as banned,
		count(*) filter (where m.ejected_until > $2) as ejected
	from miner m
	join neuron n on n.netuid = m.netuid and n.hotkey = m.hotkey
	where m.netuid = $1
)
select coalesce(q.n, 0) as queued,
	coalesce(extract(epoch from $2 - q.oldest), 0)::double precision
		as oldest_s,
	coalesce(a.n, 0) as assigned, coalesce(r.n, 0) as running, (
		select count(*) from attempt
		where netuid = $1 and finished_at is null) as in_flight,
	j.accepted, j.done, j.failed, j.expired, j.cancelled, j.span_s,
	j.p50_ms, j.p95_ms, m.known, m.up, m.banned, m.ejected, s.block,
	extract(epoch from $2 - s.at)::double precision as block_s,
	w.n as undelivered, w.age_s as undelivered_s
from (
	select count(*) as accepted,
		count(*) filter (where state = 'done') as done,
		count(*) filter (where state = 'failed') as failed,
		count(*) filter (where state = 'expired') as expired,
		count(*) filter (where state = 'cancelled') as cancelled,
		case when count(*) > 0 then greatest(1,
			extract(epoch from $2 - min(created_at)))
			::double precision end as span_s,
		percentile_cont(0.5) within group (order by ms)
			filter (where state = 'done') as p50_ms,
		percentile_cont(0.95) within group (order by ms)
			filter (where state = 'done') as p95_ms
	from recent) j
cross join miners m
left join waiting q on q.state = 'queued'
left join waiting a on a.state = 'assigned'
left join waiting r on r.state = 'running'
left join lateral (
	select block, at from snapshot
	where netuid = $1
	order by block desc
	limit 1) s on true
cross join lateral (
	select count(*) as n, extract(epoch from $2 - min(created_at))
		::double precision as age_s
	from webhook_delivery
	where netuid = $1 and ended_at is null) w
