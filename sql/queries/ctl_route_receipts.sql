-- Receipts of attempts, the latest first: of one job, or of a subnet since a
-- time.
-- $1 netuid, $2 job or null for all, $3 since or null, $4 how many
-- columns: job, attempt, hotkey, state, receipt, sticky (the job's key)
select a.job_id as job, a.id as attempt, a.hotkey, a.state, a.receipt, j.sticky
from attempt a
join job j on j.id = a.job_id
where a.netuid = $1 and ($2::uuid is null or a.job_id = $2::uuid)
	and ($3::timestamptz is null or a.prepared_at >= $3::timestamptz)
order by a.prepared_at desc, a.id desc
limit $4
