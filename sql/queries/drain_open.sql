-- How many attempts are under way of the jobs that an instance holds.
-- $1 lease_owner, $2 netuid
-- columns: open
select count(*) as open
from attempt a
join job j on j.id = a.job_id
where a.netuid = $2 and a.finished_at is null
	and j.lease_owner = $1 and j.finished_at is null
