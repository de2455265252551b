-- What one miner did lately, and where it stands among those of the latest
-- round: for the page, beside page_miners.sql. Where a job came from is not
-- said, nor its id unless the job is the reader's.
-- $1 netuid, $2 hotkey, $3 mecid, $4 how many attempts; $5 all jobs are the
-- reader's, $6 the tenant whose are, or null
-- columns: body, the JSON text
with run as (
	select id, epoch, policy, at
	from score_run
	where netuid = $1 and mecid = $3
	order by epoch desc
	limit 1
), among as (
	select count(*) filter (where score > 0) as scored,
		percentile_cont(0.5) within group (order by speed) as speed,
		percentile_cont(0.5) within group (order by accuracy)
			as accuracy,
		percentile_cont(0.5) within group (order by stake_share)
			as stake_share,
		percentile_cont(0.5) within group (order by latency_p50_ms)
			as latency_p50_ms,
		percentile_cont(0.5) within group (order by score) as score,
		percentile_cont(0.5) within group (order by successes::float
			/ nullif(jobs, 0)) as success,
		max(speed) as best_speed, max(accuracy) as best_accuracy,
		max(stake_share) as best_stake_share,
		min(latency_p50_ms) as best_latency_p50_ms,
		max(score) as best_score,
		max(successes::float / nullif(jobs, 0)) as best_success
	from score_entry
	where run_id = (select id from run)
), work as (
	select a.id, a.job_id, a.kind, a.state, a.reason, a.sent_at,
		a.finished_at, a.queue_ms, a.dispatch_ms, a.miner_ms,
		r.side, $5::boolean or coalesce(j.tenant = $6::text, false)
			as own
	from attempt a
	left join job j on j.id = a.job_id
	left join reason r on r.name = a.reason
	where a.netuid = $1 and a.hotkey = $2 and a.finished_at is not null
	order by a.finished_at desc
	limit $4
)
select json_build_object('hotkey', $2::text,
	'among', (select json_build_object('scored', scored,
			'median', json_build_object('speed', speed,
				'accuracy', accuracy,
				'stake_share', stake_share,
				'latency_p50_ms', latency_p50_ms,
				'score', score, 'success', success),
			'best', json_build_object('speed', best_speed,
				'accuracy', best_accuracy,
				'stake_share', best_stake_share,
				'latency_p50_ms', best_latency_p50_ms,
				'score', best_score, 'success', best_success))
		from among),
	'attempts', (select coalesce(json_agg(json_build_object('id', id,
			'job', case when own then job_id end, 'kind', kind,
			'state', state, 'reason', reason, 'side', side,
			'sent_at', sent_at, 'finished_at', finished_at,
			'queue_ms', queue_ms, 'dispatch_ms', dispatch_ms,
			'miner_ms', miner_ms) order by finished_at desc), '[]')
		from work))::text as body
