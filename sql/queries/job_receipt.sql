-- Why a job's miners were chosen: the receipt of each of its attempts.
-- $1 id, $2 netuid, $3 tenant whose it must be; null: any
-- columns: body, the JSON text
-- (+ 0: found by its id, whatever is known of the tables yet)
select json_build_object('job', j.id, 'kind', j.kind, 'attempts', (
	select coalesce(json_agg(json_build_object('attempt', a.id,
		'hotkey', a.hotkey, 'uid', a.uid, 'state', a.state,
		'prepared_at', a.prepared_at, 'hedge_of', a.hedge_of,
		'receipt', a.receipt) order by a.prepared_at, a.id), '[]')
	from attempt a
	where a.job_id = j.id))::text as body
from job j
where j.id = $1 and j.netuid + 0 = $2
	and ($3::text is null or j.tenant = $3)
