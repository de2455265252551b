-- One job's life, for the page. Of a job that is not the reader's neither its
-- tenant, parameters, input, result nor where it came from is said; and where
-- it was for one miner alone, not why that one was chosen.
-- $1 id, $2 netuid; $3 all jobs are the reader's, $4 the tenant whose are, or
-- null
-- columns: body, the JSON text; no row: there is no such job
-- (+ 0: found by its id, whatever is known of the tables yet)
select json_build_object('id', j.id, 'kind', j.kind, 'state', j.state,
	'reason', j.reason, 'side', r.side, 'help', r.help,
	'miners', j.miners_wanted, 'created_at', j.created_at,
	'deadline_at', j.deadline_at, 'finished_at', j.finished_at,
	'best_attempt', j.best_attempt, 'own', v.own,
	'own_only', case when v.own then json_build_object(
		'tenant', j.tenant, 'source', j.source,
		'priority', j.priority, 'retries_left', j.retries_left,
		'params', j.params, 'redrive_of', j.redrive_of,
		'redriven_as', (select n.id from job n
			where n.redrive_of = j.id),
		'input', case when j.input_bytes is not null then
			json_build_object('type', j.input_type,
				'bytes', j.input_bytes,
				'sha256', j.input_sha256) end) end,
	'attempts', (
		select coalesce(json_agg(json_build_object('id', a.id,
			'hotkey', a.hotkey, 'uid', a.uid, 'state', a.state,
			'reason', a.reason, 'side', ar.side, 'help', ar.help,
			'hedge_of', a.hedge_of, 'prepared_at', a.prepared_at,
			'sent_at', a.sent_at, 'accepted_at', a.accepted_at,
			'received_at', a.received_at,
			'finished_at', a.finished_at,
			'deadline_at', a.deadline_at, 'queue_ms', a.queue_ms,
			'dispatch_ms', a.dispatch_ms, 'miner_ms', a.miner_ms,
			'result_type', case when v.own then a.result_type end,
			'result_bytes', case when v.own then a.result_bytes end,
			'receipt', case when v.own or j.only_hotkey is null
				then a.receipt end)
			order by a.prepared_at, a.id), '[]')
		from attempt a
		left join reason ar on ar.name = a.reason
		where a.job_id = j.id))::text as body
from job j
cross join lateral (
	select $3::boolean or coalesce(j.tenant = $4::text, false) as own) v
left join reason r on r.name = j.reason
where j.id = $1 and j.netuid + 0 = $2
