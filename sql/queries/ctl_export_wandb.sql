-- Scoring rounds as Weights & Biases' history has them: a JSON object a round,
-- of numbers by their names; what is not known is left out.
-- $1 netuid, $2 mecid, $3 since
-- columns: line
with round as (
	select id, epoch, block, at, events,
		at - min(at) over () as since_first
	from score_run
	where netuid = $1 and mecid = $2 and at >= $3
), entry as (
	select r.epoch, e.hotkey, e.uid, e.jobs, e.successes, e.latency_p50_ms,
		e.speed, e.accuracy, e.stake_share, e.score, e.win_rate,
		e.weight
	from round r
	join score_entry e on e.run_id = r.id
), total as (
	select epoch, count(*) filter (where score > 0) as scored,
		sum(jobs) as jobs, sum(successes) as successes,
		max(score) as best, sum(weight * weight) as squares
	from entry
	group by epoch
), sent as (
	select r.epoch, bool_or(l.state = 'proven') as is_proven,
		max(l.proven_block) as proven_block
	from round r
	join weight_vector v on v.run_id = r.id
	join ledger l on l.vector_id = v.id
	group by r.epoch
), fact as (
	select r.epoch, f.name, f.value
	from round r
	left join total t on t.epoch = r.epoch
	left join sent s on s.epoch = r.epoch
	cross join lateral (values
		('_timestamp', extract(epoch from r.at)),
		('_runtime', extract(epoch from r.since_first)),
		('round/block', r.block),
		('round/judgements', r.events),
		('round/miners_scored', t.scored),
		('round/jobs', t.jobs),
		('round/success_share', t.successes::numeric
			/ nullif(t.jobs, 0)),
		('round/best_score', t.best::numeric),
		('weights/effective_miners', (1 / nullif(t.squares, 0))
			::numeric),
		('weights/proven', s.is_proven::integer),
		('weights/proven_block', s.proven_block)) as f (name, value)
	union all
	select e.epoch, format('miner/%s/%s', e.hotkey, f.name), f.value
	from entry e
	cross join lateral (values
		('uid', e.uid::double precision),
		('jobs', e.jobs),
		('successes', e.successes),
		('latency_p50_ms', e.latency_p50_ms),
		('speed', e.speed),
		('accuracy', e.accuracy),
		('stake_share', e.stake_share),
		('score', e.score),
		('win_rate', e.win_rate),
		('weight', e.weight)) as f (name, value)
)
select json_build_object('_step', f.epoch)::jsonb
	|| jsonb_object_agg(f.name, f.value) as line
from fact f
where f.value is not null
group by f.epoch
order by f.epoch
