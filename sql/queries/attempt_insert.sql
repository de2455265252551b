-- Give a queued job to miners: the attempts, and the job's step, together or
-- not at all. Should it be queued again, it pays for its turn again.
-- $1 job id, $2 lease_owner, $3 now, $4 deadline of the attempts,
-- $5 jsonb array of {id, hotkey, uid, address, receipt}
-- columns: id of each attempt made
with moved as (
	update job set state = 'assigned', reason = null, paid = false
	where id = $1 and state = 'queued' and lease_owner = $2
	returning id, netuid, kind
)
insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, state,
	receipt, prepared_at, deadline_at)
select a.id, m.id, m.netuid, m.kind, a.hotkey, a.uid, a.address, 'prepared',
	a.receipt, $3, $4
from moved m, jsonb_to_recordset($5::jsonb) as a (id uuid, hotkey text,
	uid integer, address text, receipt jsonb)
returning id
