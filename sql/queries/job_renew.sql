-- Hold on to what we work on; not to what waits, which is anybody's. In the
-- order of ids, as all who lock several jobs, so that two instances cannot
-- deadlock.
-- $1 lease_owner, $2 lease_until, $3 netuid
with ours as (
	select id from job
	where netuid = $3 and state in ('assigned', 'running')
		and lease_owner = $1 and finished_at is null
	order by id
	for no key update
)
update job set lease_until = $2
from ours
where job.id = ours.id
