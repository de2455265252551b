-- The latest round of each policy, best first: what each miner was given, and
-- what it is made of. Of no job is anything said.
-- $1 netuid, $2 this policy only, or null, $3 how many of each
-- columns: body, the JSON text
with latest as (
	select distinct on (mecid, policy) id, mecid, policy, policy_sha256,
		epoch, block, at, window_from
	from score_run
	where netuid = $1 and ($2::text is null or policy = $2)
	order by mecid, policy, epoch desc
)
select json_build_object('rounds', coalesce(json_agg(json_build_object(
	'policy', r.policy, 'policy_sha256', r.policy_sha256,
	'mecid', r.mecid, 'epoch', r.epoch, 'block', r.block, 'at', r.at,
	'window_from', r.window_from, 'miners', (
		select coalesce(json_agg(json_build_object(
			'rank', e.rank, 'hotkey', e.hotkey, 'uid', e.uid,
			'score', e.score, 'win_rate', e.win_rate,
			'weight', e.weight, 'out', e.out,
			'parts', json_build_object('speed', e.speed,
				'accuracy', e.accuracy,
				'stake_share', e.stake_share, 'jobs', e.jobs,
				'successes', e.successes,
				'latency_p50_ms', e.latency_p50_ms))
			order by e.rank, e.uid), '[]')
		from (
			select *, rank() over (order by score desc) as rank
			from score_entry
			where run_id = r.id
			order by score desc, uid
			limit $3) e))
	order by r.mecid, r.policy), '[]'))::text as body
from latest r
