-- This moment, for the page: what is open, what came and what ended in the last
-- fifteen minutes in steps of ten seconds, how long it took, and how miners,
-- chain and instances stand. Of the jobs that came, and of those that ended, at
-- most 50,000 are looked at: "since" says from when on the figures have all.
-- $1 netuid, $2 now, $3 mecid
-- columns: body, the JSON text
with recent as materialized (
	select kind, created_at
	from job
	where netuid = $1 and created_at <= $2
		and created_at > $2::timestamptz - interval '15 minutes'
	order by created_at desc, id desc
	limit 50000
), over as materialized (
	select kind, state, finished_at,
		(extract(epoch from finished_at - created_at)
			* 1000)::double precision as ms
	from job
	where netuid = $1 and finished_at <= $2
		and finished_at > $2::timestamptz - interval '15 minutes'
	order by finished_at desc
	limit 50000
), came as (
	select floor(extract(epoch from created_at) / 10)::bigint as step,
		count(*) as n
	from recent
	group by 1
), ended as (
	select floor(extract(epoch from finished_at) / 10)::bigint as step,
		count(*) filter (where state = 'done') as done,
		count(*) filter (where state in ('failed', 'expired'))
			as failed,
		percentile_cont(0.5) within group (order by ms)
			filter (where state = 'done') as p50,
		percentile_cont(0.95) within group (order by ms)
			filter (where state = 'done') as p95
	from over
	group by 1
), step as (
	select g.step, coalesce(c.n, 0) as came, coalesce(e.done, 0) as done,
		coalesce(e.failed, 0) as failed, e.p50, e.p95
	from (
		select floor(extract(epoch from $2::timestamptz) / 10)::bigint
			as last) t
	cross join generate_series(t.last - 89, t.last) as g (step)
	left join came c using (step)
	left join ended e using (step)
), open as (
	select kind, count(*) filter (where state = 'queued') as queued,
		count(*) filter (where state = 'assigned') as assigned,
		count(*) filter (where state = 'running') as running,
		min(created_at) filter (where state = 'queued') as oldest
	from job
	where netuid = $1 and finished_at is null
	group by kind
), accepted as (
	select kind, count(*) as n
	from recent
	group by kind
), took as (
	select kind, count(*) filter (where state = 'done') as done,
		count(*) filter (where state in ('failed', 'expired'))
			as failed,
		percentile_cont(0.5) within group (order by ms)
			filter (where state = 'done') as p50,
		percentile_cont(0.95) within group (order by ms)
			filter (where state = 'done') as p95,
		percentile_cont(0.99) within group (order by ms)
			filter (where state = 'done') as p99
	from over
	group by kind
)
select json_build_object('netuid', $1::integer, 'at', $2::timestamptz,
	'step_s', 10,
	'since', (select greatest($2::timestamptz - interval '15 minutes',
			max(looked.since))
		from (
			select min(created_at) as since from recent
			having count(*) = 50000
			union all
			select min(finished_at) from over
			having count(*) = 50000) looked),
	'all', (select json_build_object(
			'accepted', (select count(*) from recent),
			'done', count(*) filter (where state = 'done'),
			'failed', count(*) filter (where
				state in ('failed', 'expired')),
			'p50_ms', round((percentile_cont(0.5) within group (
				order by ms) filter (where state = 'done'))
				::numeric, 1),
			'p95_ms', round((percentile_cont(0.95) within group (
				order by ms) filter (where state = 'done'))
				::numeric, 1),
			'p99_ms', round((percentile_cont(0.99) within group (
				order by ms) filter (where state = 'done'))
				::numeric, 1))
		from over),
	'steps', (select json_build_object('first_s', min(step) * 10,
			'accepted', json_agg(came order by step),
			'done', json_agg(done order by step),
			'failed', json_agg(failed order by step),
			'p50_ms', json_agg(round(p50::numeric, 1)
				order by step),
			'p95_ms', json_agg(round(p95::numeric, 1)
				order by step))
		from step),
	'kinds', (select coalesce(json_agg(json_build_object('kind', kind,
			'queued', coalesce(o.queued, 0),
			'assigned', coalesce(o.assigned, 0),
			'running', coalesce(o.running, 0),
			'oldest_at', o.oldest, 'accepted', coalesce(a.n, 0),
			'done', coalesce(t.done, 0),
			'failed', coalesce(t.failed, 0),
			'p50_ms', round(t.p50::numeric, 1),
			'p95_ms', round(t.p95::numeric, 1),
			'p99_ms', round(t.p99::numeric, 1)) order by kind), '[]')
		from open o
		full join accepted a using (kind)
		full join took t using (kind)),
	'miners', (select json_build_object('known', count(*),
			'up', count(*) filter (where m.is_up
				or m.polled_at > $2::timestamptz
					- interval '1 minute'),
			'out', count(*) filter (where m.ejected_until > $2),
			'banned', count(*) filter (where
				m.banned_at is not null))
		from miner m
		join neuron n on n.netuid = m.netuid and n.hotkey = m.hotkey
		where m.netuid = $1),
	'chain', (select json_build_object('block', s.block, 'at', s.at,
			'tempos_behind', t.tempos_behind, 'alarm', t.alarm,
			'waits_for', t.waits_for)
		from (
			select block, at from snapshot
			where netuid = $1
			order by block desc
			limit 1) s
		left join setter t on t.netuid = $1 and t.mecid = $3),
	'instances', (select count(*) from instance
		where netuid = $1 and program = 'orchestratord'
			and left_at is null
			and seen_at > $2::timestamptz - interval '15 seconds')
	)::text as body
