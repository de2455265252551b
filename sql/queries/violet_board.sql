-- Miners by Violet's formula over what we measured: see docs/violet.md.
-- $1 netuid, $2 uid; null: all, $3 sort_by, $4 whether downwards, $5 how many,
-- $6 since when who asked for work is there, $7 mecid
-- columns: rank, uid, hotkey, coldkey, jobs, successes, kinds, score, win_rate,
-- weight, latency_ms, stake, is_up, uptime, invocation, diversity, overall,
-- total (miners)
with run as (
	select id, window_from, at from score_run
	where netuid = $1 and mecid = $7
	order by epoch desc
	limit 1
), work as (
	select hotkey, count(distinct kind) as kinds
	from judgement
	where netuid = $1 and at >= (select window_from from run)
		and at <= (select at from run) and success
	group by hotkey
), parts as (
	select n.uid, n.hotkey, n.coldkey, coalesce(e.jobs, 0) as jobs,
		coalesce(e.successes, 0) as successes,
		coalesce(w.kinds, 0) as kinds, coalesce(e.score, 0) as score,
		coalesce(e.win_rate, 0) as win_rate,
		coalesce(e.weight, 0) as weight, e.latency_p50_ms as latency_ms,
		n.alpha_stake / 1e9 as stake,
		coalesce(m.is_up, false) or coalesce(m.polled_at >= $6, false)
			as is_up,
		coalesce(e.successes::float8 / nullif(e.jobs, 0), 0) as uptime,
		coalesce(e.score, 0) as invocation,
		least(1, coalesce(w.kinds, 0) / 10.0)::float8 as diversity
	from neuron n
	left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
	left join score_entry e on e.run_id = (select id from run)
		and e.hotkey = n.hotkey
	left join work w on w.hotkey = n.hotkey
	where n.netuid = $1 and (m.hotkey is not null or e.jobs > 0)
), whole as (
	select *, round((0.55 * uptime + 0.25 * invocation
		+ 0.15 * diversity)::numeric, 4)::float8 as overall
	from parts
), ranked as (
	select *, row_number() over (order by case $4::boolean
			when true then -by else by end, uid) as rank,
		count(*) over () as total
	from (
		select *, case $3
			when 'uptime_score' then uptime
			when 'invocation_count' then jobs
			when 'diversity_count' then kinds
			when 'bounty_count' then 0
			when 'total_tasks_completed' then successes
			when 'average_response_time'
				then coalesce(latency_ms, 'infinity')
			else overall end as by
		from whole) sorted
)
select * from ranked
where $2::integer is null or uid = $2
order by rank
limit $5
