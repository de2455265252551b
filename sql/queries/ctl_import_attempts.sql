-- Attempts of another system's jobs. They count as judged: what their judgement
-- is comes with them, or there is none. The uid is who holds the hotkey now; -1
-- of one that is not registered any more.
-- $1 netuid, $2 jsonb array of {id, job_id, kind, hotkey, state, reason,
-- receipt, prepared_us, deadline_us, sent_us, accepted_us, received_us,
-- finished_us, queue_ms, dispatch_ms, miner_ms, result_json}
-- columns: added
with added as (
	insert into attempt (id, job_id, netuid, kind, hotkey, uid, address,
		state, reason, receipt, prepared_at, deadline_at, sent_at,
		accepted_at, received_at, finished_at, queue_ms, dispatch_ms,
		miner_ms, result_type, result_json, judged_at)
	select a.id, a.job_id, $1::integer, a.kind, a.hotkey, coalesce(n.uid, -1), '',
		a.state, a.reason, a.receipt,
		timestamptz 'epoch' + a.prepared_us * interval '1 us',
		timestamptz 'epoch' + a.deadline_us * interval '1 us',
		timestamptz 'epoch' + a.sent_us * interval '1 us',
		timestamptz 'epoch' + a.accepted_us * interval '1 us',
		timestamptz 'epoch' + a.received_us * interval '1 us',
		timestamptz 'epoch' + a.finished_us * interval '1 us',
		a.queue_ms, a.dispatch_ms, a.miner_ms,
		case when a.result_json is not null then 'application/json'
			end,
		a.result_json,
		timestamptz 'epoch' + a.finished_us * interval '1 us'
	from jsonb_to_recordset($2::jsonb) as a (id uuid, job_id uuid,
		kind text, hotkey text, state attempt_state, reason text,
		receipt json, prepared_us bigint, deadline_us bigint,
		sent_us bigint, accepted_us bigint, received_us bigint,
		finished_us bigint, queue_ms double precision,
		dispatch_ms double precision, miner_ms double precision,
		result_json jsonb)
	left join neuron n on n.netuid = $1 and n.hotkey = a.hotkey
	on conflict do nothing
	returning id
)
select count(*) as added from added
