-- Move attempts from one of some states to another; no row of one that was in
-- none of them. Times and what follows from them are written by the state. Of
-- a hedged job that has ended none is delivered any more: two results that
-- come at once wait for each other at the job's row. Arrays, an element a step.
-- $1 id, $2 states to come from, $3 state to go to, $4 reason, $5 now,
-- $6 result_type, $7 result_sha256, $8 result_bytes, $9 result_json,
-- $10 measured, $11 when the request left, if that is known better now,
-- $12 when the miner acknowledged it, if that is known now
-- columns: row; was, the state it came from; hotkey; kind; instance; job_id;
-- miner_ms; is_hedge
-- (row between: one is expected, so that each is found by its id whatever is
-- known of the tables yet)
with given as (
	select *, to_state in ('received', 'late') as arrives,
		to_state in ('failed', 'delivered') as ends
	from unnest($1::uuid[], $2::text[], $3::attempt_state[], $4::text[],
		$5::timestamptz[], $6::text[], $7::text[], $8::bigint[],
		$9::jsonb[], $10::jsonb[], $11::timestamptz[],
		$12::timestamptz[]) with ordinality as g (id, sources,
		to_state, reason, now, result_type, result_sha256,
		result_bytes, result_json, measured, sent_at, accepted_at, row)
	where row between 1 and 1000
), decided as (
	select j.id, j.finished_at
	from given g
	join attempt a on a.id = g.id
	join job j on j.id = a.job_id
	where g.to_state = 'delivered' and exists (
		select from attempt h
		where h.job_id = a.job_id and h.hedge_of is not null)
	for no key update of a, j
)
update attempt a set
	state = g.to_state,
	reason = coalesce(g.reason, a.reason),
	sent_at = coalesce(g.sent_at, a.sent_at,
		case when g.to_state = 'sent' then g.now end),
	queue_ms = a.queue_ms + coalesce(
		date_part('epoch', g.sent_at
			- coalesce(a.sent_at, a.prepared_at)) * 1000, 0),
	accepted_at = coalesce(a.accepted_at, g.accepted_at),
	dispatch_ms = coalesce(a.dispatch_ms, date_part('epoch',
		case when g.to_state = 'refused' then g.now
			else g.accepted_at end
		- coalesce(g.sent_at, a.sent_at)) * 1000),
	received_at = case when g.arrives or (g.ends and a.received_at is null)
		then g.now else a.received_at end,
	miner_ms = case when g.arrives or (g.ends and a.received_at is null)
		then date_part('epoch',
			g.now - coalesce(g.sent_at, a.sent_at)) * 1000
		else a.miner_ms end,
	finished_at = case when g.to_state in ('delivered', 'failed',
		'refused', 'timed_out', 'late', 'cancelled', 'abandoned')
		then coalesce(a.finished_at, g.now) end,
	result_type = coalesce(g.result_type, a.result_type),
	result_sha256 = coalesce(g.result_sha256, a.result_sha256),
	result_bytes = coalesce(g.result_bytes, a.result_bytes),
	result_json = coalesce(g.result_json, a.result_json),
	measured = coalesce(g.measured, a.measured)
from given g
join attempt old on old.id = g.id
where a.id = old.id and a.state = any (g.sources::attempt_state[])
	and not exists (
		select from decided d
		where d.id = a.job_id and d.finished_at is not null)
returning g.row, old.state as was, a.hotkey, a.kind, a.instance, a.job_id,
	a.miner_ms, a.hedge_of is not null as is_hedge
