-- What is under way, for whoever watches. Open jobs are counted, to a limit.
-- $1 netuid, $2 since when who asked for work is there, $3 kinds
-- columns: queued, assigned, running, miners, up, pending (JSON array of {id,
-- kind, state, priority, created_us}), list (JSON array of {uid, hotkey,
-- alpha, is_up, capacity, pulls, seen_us})
with open as (
	select s.state, j.n
	from unnest(array['queued', 'assigned', 'running']::job_state[])
		as s (state)
	cross join lateral (
		select count(*) as n from (
			select from job
			where netuid = $1 and state = s.state
				and finished_at is null
			limit 10000) one) j
), there as (
	select n.uid, n.hotkey, n.alpha_stake / 1e9 as alpha,
		coalesce(m.is_up, false) or coalesce(m.polled_at >= $2, false)
			as is_up, m.capacity, m.pulls,
		(extract(epoch from greatest(m.polled_at, m.probed_at))
			* 1e6)::bigint as seen_us
	from neuron n
	join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
	where n.netuid = $1
)
select (select n from open where state = 'queued') as queued,
	(select n from open where state = 'assigned') as assigned,
	(select n from open where state = 'running') as running,
	(select count(*) from there) as miners,
	(select count(*) from there where is_up) as up,
	(select coalesce(json_agg(p), '[]') from (
		select id, kind, state, priority,
			(extract(epoch from created_at) * 1e6)::bigint
				as created_us
		from job
		where netuid = $1 and state = 'queued' and finished_at is null
			and kind = any ($3::text[])
		order by deadline_at
		limit 10) p) as pending,
	(select coalesce(json_agg(t order by t.uid), '[]') from there t)
		as list
