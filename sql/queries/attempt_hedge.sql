-- Give a job to one more miner, as one of its attempts is slow: only if that
-- one is still at its miner, the job waits for it, nothing was delivered, the
-- job has as many attempts as it wants results, and it was not hedged before.
-- $1 job id, $2 instance, $3 now, $4 deadline of the attempt,
-- $5 JSON array of one {id, hotkey, uid, address, receipt},
-- $6 id of the slow attempt
-- columns: id of the attempt made
with slow as (
	select id, job_id
	from attempt
	where id = $6 and job_id = $1 and state in ('sent', 'accepted')
	for no key update
), waits as (
	select j.id, j.netuid, j.kind, j.created_at, s.id as slow
	from job j
	join slow s on s.job_id = j.id
	where j.state in ('assigned', 'running')
		and j.miners_wanted <= (select count(*) from attempt
			where job_id = $1 and finished_at is null)
		and not exists (select from attempt
			where job_id = $1 and state = 'delivered')
	for no key update of j
)
insert into attempt (id, job_id, netuid, kind, hotkey, uid, address, state,
	receipt, prepared_at, sent_at, queue_ms, deadline_at, instance,
	hedge_of)
select a.id, w.id, w.netuid, w.kind, a.hotkey, a.uid, a.address, 'sent',
	a.receipt, $3, $3,
	extract(epoch from $3::timestamptz - w.created_at) * 1000, $4, $2,
	w.slow
from waits w, json_to_recordset($5::json) as a (id uuid, hotkey text,
	uid integer, address text, receipt json)
on conflict do nothing
returning id
