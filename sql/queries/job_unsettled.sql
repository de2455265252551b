-- Open jobs that wait for nothing any more: past their deadline, or assigned
-- with no attempt under way.
-- $1 netuid, $2 now
-- columns: id
select j.id
from job j
where j.netuid = $1 and j.finished_at is null
	and (j.deadline_at < $2
		or (j.state in ('assigned', 'running') and not exists (
			select 1 from attempt a
			where a.job_id = j.id and a.finished_at is null)))
order by j.id
limit 200
