-- A job as the API shows it.
-- $1 id, $2 netuid, $3 tenant whose it must be; null: any
-- columns: body, the JSON text; state; timing, as the header Server-Timing has
-- it, or null; traceparent, or null; webhook_form, or null
-- (+ 0: found by its id, whatever is known of the tables yet)
select json_build_object(
	'id', j.id, 'kind', j.kind, 'source', j.source, 'state', j.state,
	'reason', j.reason, 'tenant', j.tenant, 'priority', j.priority,
	'traceparent', j.traceparent,
	'params', j.params, 'created_at', j.created_at,
	'deadline_at', j.deadline_at, 'finished_at', j.finished_at,
	'miners', j.miners_wanted,
	'input', case when j.input_bytes is not null then json_build_object(
		'type', j.input_type, 'bytes', j.input_bytes,
		'sha256', j.input_sha256, 'measured', j.input_measured) end,
	'result', (select json_build_object('attempt', b.id, 'hotkey', b.hotkey,
			'url', '/v1/jobs/' || j.id || '/result',
			'type', b.result_type, 'bytes', b.result_bytes,
			'sha256', b.result_sha256, 'output', b.result_json,
			'language', coalesce(j.params ->> 'target_language',
				j.params ->> 'language',
				b.result_json ->> 'language'),
			'measured', b.measured)
		where b.id is not null),
	'attempts', (select coalesce(json_agg(json_build_object(
			'id', a.id, 'hotkey', a.hotkey, 'uid', a.uid,
			'state', a.state, 'reason', a.reason,
			'side', r.side, 'why', a.measured ->> 'why',
			'sent_at', a.sent_at,
			'finished_at', a.finished_at, 'queue_ms', a.queue_ms,
			'dispatch_ms', a.dispatch_ms, 'miner_ms', a.miner_ms,
			'receipt', a.receipt,
			'hedge_of', a.hedge_of) order by a.id), '[]')
		from attempt a
		left join reason r on r.name = a.reason
		where a.job_id = j.id))::text as body, j.state, j.traceparent,
	j.webhook_form,
	nullif(concat_ws(', ', 'queue;dur=' || round(b.queue_ms::numeric, 1),
		'route;dur=' || round(b.dispatch_ms::numeric, 1),
		'miner;dur=' || round(b.miner_ms::numeric, 1)), '') as timing
from job j
left join lateral (
	select * from attempt
	where job_id = j.id and state = 'delivered'
		and (id = j.best_attempt or j.best_attempt is null)
	order by miner_ms
	limit 1) b on true
where j.id = $1 and j.netuid + 0 = $2
	and ($3::text is null or j.tenant = $3)
