-- Attempts of jobs that are accepted and assigned in the same operation.
-- Arrays, an element an attempt.
-- $1 id, $2 job id, $3 netuid, $4 kind, $5 hotkey, $6 uid, $7 address,
-- $8 receipt, $9 now, $10 queue_ms, $11 deadline_at, $12 instance,
-- $13 state: sent, or prepared where its miner has to ask for it
insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, receipt,
	prepared_at, queue_ms, deadline_at, instance, state, sent_at)
select g.*, case when g.state = 'sent' then g.now end
from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[],
	$6::integer[], $7::text[], $8::json[], $9::timestamptz[],
	$10::float8[], $11::timestamptz[], $12::uuid[],
	$13::attempt_state[]) as g (id, job_id, netuid, kind, hotkey, uid,
	address, receipt, now, queue_ms, deadline_at, instance, state)
