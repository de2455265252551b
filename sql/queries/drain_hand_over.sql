-- Give up the queued jobs of an instance that is about to end, so that any
-- other takes them at once. What somebody has locked is left for the next
-- time.
-- $1 lease_owner, $2 netuid, $3 now
-- columns: id
with ours as (
	select id from job
	where netuid = $2 and lease_owner = $1 and state = 'queued'
		and finished_at is null
	order by id
	for no key update skip locked
)
update job set lease_owner = null, lease_until = null,
	next_try_at = least(next_try_at, $3::timestamptz)
from ours
where job.id = ours.id
returning job.id
