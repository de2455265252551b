-- Hold on to what we work on. A job that somebody has locked is left for the
-- next time, so that one of them holds up no other.
-- $1 lease_owner, $2 lease_until, $3 netuid
with ours as (
	select id from job
	where netuid = $3 and lease_owner = $1 and finished_at is null
	order by id
	for no key update skip locked
)
update job set lease_until = $2
from ours
where job.id = ours.id
