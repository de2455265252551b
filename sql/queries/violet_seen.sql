-- A validator has seen a finished task: once, whenever it says so.
-- $1 netuid, $2 job id, $3 validator, $4 its uid, $5 now
-- columns: state of the job, is_new; no row if there is no such job
with task as (
	select id, netuid, state from job
	where id = $2 and netuid + 0 = $1
), marked as (
	insert into violet_seen (netuid, job_id, validator, uid, at)
	select netuid, id, $3, $4, $5
	from task
	where state = 'done'
	on conflict (netuid, job_id, validator) do nothing
	returning job_id
)
select state, exists (select from marked) as is_new
from task
