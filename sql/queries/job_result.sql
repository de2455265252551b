-- Where a job's result is.
-- $1 id, $2 netuid, $3 tenant whose it must be; null: any
-- columns: state, traceparent, and the best delivered attempt's id, result and
-- times (Server-Timing), or nulls
-- (+ 0: found by its id, whatever is known of the tables yet)
select j.state, a.id as attempt_id, a.result_type, a.result_sha256,
	a.result_bytes, a.result_json, j.traceparent,
	nullif(concat_ws(', ', 'queue;dur=' || round(a.queue_ms::numeric, 1),
		'route;dur=' || round(a.dispatch_ms::numeric, 1),
		'miner;dur=' || round(a.miner_ms::numeric, 1)), '') as timing
from job j
left join lateral (
	select * from attempt
	where job_id = j.id and state = 'delivered'
		and (id = j.best_attempt or j.best_attempt is null)
	order by miner_ms
	limit 1) a on true
where j.id = $1 and j.netuid + 0 = $2
	and ($3::text is null or j.tenant = $3)
