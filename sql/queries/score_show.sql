-- What the latest round says of one miner, and the judgements of its window,
-- newest first. Of no job does it say where it came from, nor anything that
-- only challenges have: whether it counted, and an accuracy that goes by a
-- known answer. The accuracy of speech is measured of every recording.
-- $1 netuid, $2 hotkey, $3 how many judgements, $4 those behind this attempt,
-- or null, $5 mecid
-- columns: body, the JSON text; no row if the round has no such miner
with run as (
	select id, netuid, epoch, block, at, window_from, policy,
		policy_sha256, inputs_sha256, seen
	from score_run
	where netuid = $1 and mecid = $5
	order by epoch desc
	limit 1
), entry as (
	select e.*
	from score_entry e
	where e.run_id = (select id from run) and e.hotkey = $2
), stand as (
	select count(*) as scored, count(*) filter (where s.score >
		(select score from entry)) as above
	from score_entry s
	where s.run_id = (select id from run) and s.score > 0
), job as (
	select j.attempt_id, j.kind, j.ended_at, j.at, j.success, j.miner_ms,
		j.speed, j.accuracy, j.detail
	from judgement j
	where j.netuid = $1 and j.hotkey = $2
		and j.at >= (select window_from from run)
		and j.at <= (select at from run)
		and pg_visible_in_snapshot(j.txid, (select seen from run))
		and (j.at, j.attempt_id) < (
			coalesce((select c.at from judgement c
				where c.attempt_id = $4::uuid),
				case when $4::uuid is null
					then timestamptz 'infinity' end),
			coalesce($4::uuid,
				uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
	order by j.at desc, j.attempt_id desc
	limit $3::integer
)
select json_build_object('netuid', $1::integer, 'hotkey', e.hotkey,
	'uid', e.uid, 'epoch', r.epoch, 'block', r.block, 'at', r.at,
	'window_from', r.window_from, 'policy', r.policy,
	'policy_sha256', r.policy_sha256, 'inputs_sha256', r.inputs_sha256,
	'jobs', e.jobs, 'successes', e.successes,
	'latency_p50_ms', e.latency_p50_ms, 'speed', e.speed,
	'accuracy', e.accuracy, 'stake_share', e.stake_share,
	'score', e.score, 'scored', s.scored,
	'rank', case when e.score > 0 then s.above + 1 end,
	'percentile', case when e.score > 0 then
		(s.scored - s.above)::double precision / s.scored end,
	'wins', e.wins, 'win_rate', e.win_rate, 'weight', e.weight,
	'out', e.out,
	'attempts', (select coalesce(json_agg(json_build_object(
		'attempt', j.attempt_id, 'kind', j.kind, 'at', j.ended_at,
		'success', j.success, 'ms', j.miner_ms, 'speed', j.speed,
		'accuracy', case when j.detail ->> 'rule' = 'speech'
			then j.accuracy end,
		'faults', case when j.detail ->> 'rule' = 'speech'
			then j.detail -> 'faults' end,
		'state', j.detail -> 'state',
		'reason', j.detail -> 'reason')
		order by j.at desc, j.attempt_id desc), '[]') from job j),
	'next', (select case when count(*) = $3::integer then
		(array_agg(j.attempt_id order by j.at, j.attempt_id))[1] end
		from job j))::text as body
from entry e
cross join run r
cross join stand s
