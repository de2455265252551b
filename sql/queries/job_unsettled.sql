-- Open jobs that wait for nothing any more: past their deadline, or assigned
-- with no attempt under way.
-- $1 netuid, $2 now
-- columns: id
(select id
from job
where netuid = $1 and state = 'queued' and finished_at is null
	and deadline_at < $2
limit 200)
union all
(select j.id
from job j
where j.netuid = $1 and j.state in ('assigned', 'running')
	and j.finished_at is null
	and (j.deadline_at < $2 or not exists (
		select 1 from attempt a
		where a.job_id = j.id and a.state < 'delivered'))
limit 200)
order by id
