-- Give a queued job to miners: the attempts, and the job's step, together or
-- not at all. Should it be queued again, it pays for its turn again, but for a
-- challenge, which costs nobody a turn.
-- $1 job id, $2 lease_owner, $3 now, $4 deadline of the attempts,
-- $5 JSON array of {id, hotkey, uid, address, receipt},
-- $6 state of the attempts: sent, or prepared where miners have to ask
-- columns: id of each attempt made
with moved as (
	update job set state = 'assigned', reason = null,
		paid = source = 'challenge'
	where id = $1 and state = 'queued' and lease_owner = $2
	returning id, netuid, kind, created_at
)
insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, state,
	receipt, prepared_at, sent_at, queue_ms, deadline_at, instance)
select a.id, m.id, m.netuid, m.kind, a.hotkey, a.uid, a.address,
	$6::attempt_state, a.receipt, $3,
	case when $6::attempt_state = 'sent' then $3::timestamptz end,
	extract(epoch from $3::timestamptz - m.created_at) * 1000, $4, $2
from moved m, json_to_recordset($5::json) as a (id uuid, hotkey text,
	uid integer, address text, receipt json)
returning id
