-- Move an attempt from one of some states to another; no row if it was in
-- none of them. Times and what follows from them are written by the state.
-- $1 id, $2 states to come from, $3 state to go to, $4 reason, $5 now,
-- $6 result_type, $7 result_sha256, $8 result_bytes, $9 result_json,
-- $10 measured, $11 when the request left, if that is known better now
-- columns: was, the state it came from; hotkey; kind; instance; job_id;
-- miner_ms
with old as (
	select a.id, a.state, j.created_at
	from attempt a
	join job j on j.id = a.job_id
	where a.id = $1 and a.state = any ($2::attempt_state[])
	for update of a
)
update attempt set
	state = $3,
	reason = coalesce($4, reason),
	sent_at = case when $3::attempt_state = 'sent' then $5::timestamptz
		else coalesce($11::timestamptz, sent_at) end,
	queue_ms = case when $3::attempt_state = 'sent'
		then extract(epoch from $5::timestamptz - old.created_at) * 1000
		else queue_ms end,
	accepted_at = case when $3::attempt_state = 'accepted' then $5
		else accepted_at end,
	dispatch_ms = case when $3::attempt_state in ('accepted', 'refused')
		then extract(epoch from $5 - coalesce($11, sent_at)) * 1000
		else dispatch_ms end,
	received_at = case when $3::attempt_state in ('received', 'late')
		or ($3::attempt_state = 'failed' and received_at is null)
		then $5 else received_at end,
	miner_ms = case when $3::attempt_state in ('received', 'late')
		or ($3::attempt_state = 'failed' and received_at is null)
		then extract(epoch from $5 - sent_at) * 1000
		else miner_ms end,
	finished_at = case when $3::attempt_state in ('delivered', 'failed',
		'refused', 'timed_out', 'late', 'cancelled', 'abandoned')
		then coalesce(finished_at, $5) end,
	result_type = coalesce($6, result_type),
	result_sha256 = coalesce($7, result_sha256),
	result_bytes = coalesce($8, result_bytes),
	result_json = coalesce($9, result_json),
	measured = coalesce($10, measured)
from old
where attempt.id = old.id
returning old.state as was, attempt.hotkey, attempt.kind, attempt.instance,
	attempt.job_id, attempt.miner_ms
