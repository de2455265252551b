-- Move an attempt from one of some states to another; no row if it was in
-- none of them. Times and what follows from them are written by the state. Of
-- a hedged job that has ended none is delivered any more: two results that
-- come at once wait for each other at the job's row.
-- $1 id, $2 states to come from, $3 state to go to, $4 reason, $5 now,
-- $6 result_type, $7 result_sha256, $8 result_bytes, $9 result_json,
-- $10 measured, $11 when the request left, if that is known better now,
-- $12 when the miner acknowledged it, if that is known now
-- columns: was, the state it came from; hotkey; kind; instance; job_id;
-- miner_ms; is_hedge
with hedged as (
	select id, job_id
	from attempt
	where id = $1 and $3::attempt_state = 'delivered' and exists (
		select from attempt h
		where h.job_id = attempt.job_id and h.hedge_of is not null)
	for no key update
), decided as (
	select finished_at
	from job
	where id = (select job_id from hedged)
	for no key update
)
update attempt a set
	state = $3,
	reason = coalesce($4, a.reason),
	sent_at = coalesce($11, a.sent_at,
		case when $3::attempt_state = 'sent' then $5::timestamptz end),
	queue_ms = a.queue_ms + coalesce(extract(epoch from
		$11::timestamptz - a.sent_at) * 1000, 0),
	accepted_at = coalesce(a.accepted_at, $12::timestamptz),
	dispatch_ms = coalesce(a.dispatch_ms, extract(epoch from
		case when $3::attempt_state = 'refused' then $5 else $12 end
		- coalesce($11, a.sent_at)) * 1000),
	received_at = case when $3::attempt_state in ('received', 'late')
		or ($3::attempt_state in ('failed', 'delivered')
			and a.received_at is null)
		then $5 else a.received_at end,
	miner_ms = case when $3::attempt_state in ('received', 'late')
		or ($3::attempt_state in ('failed', 'delivered')
			and a.received_at is null)
		then extract(epoch from $5 - coalesce($11, a.sent_at)) * 1000
		else a.miner_ms end,
	finished_at = case when $3::attempt_state in ('delivered', 'failed',
		'refused', 'timed_out', 'late', 'cancelled', 'abandoned')
		then coalesce(a.finished_at, $5) end,
	result_type = coalesce($6, a.result_type),
	result_sha256 = coalesce($7, a.result_sha256),
	result_bytes = coalesce($8, a.result_bytes),
	result_json = coalesce($9, a.result_json),
	measured = coalesce($10, a.measured)
from attempt old
where old.id = $1 and a.id = old.id and a.state = any ($2::attempt_state[])
	and not exists (select from decided where finished_at is not null)
returning old.state as was, a.hotkey, a.kind, a.instance, a.job_id, a.miner_ms,
	a.hedge_of is not null as is_hedge
