-- Attempts of jobs that are accepted and assigned in the same operation.
-- Arrays, an element an attempt.
-- $1 id, $2 job id, $3 netuid, $4 kind, $5 hotkey, $6 uid, $7 address,
-- $8 receipt, $9 now, $10 queue_ms, $11 deadline_at, $12 instance
insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, receipt,
	prepared_at, queue_ms, deadline_at, instance, sent_at, state)
select g.*, g.now, 'sent'
from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[],
	$6::integer[], $7::text[], $8::json[], $9::timestamptz[],
	$10::float8[], $11::timestamptz[], $12::uuid[]) as g (id, job_id,
	netuid, kind, hotkey, uid, address, receipt, now, queue_ms,
	deadline_at, instance)
