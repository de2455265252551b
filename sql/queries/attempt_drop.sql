-- The job has ended: what is still open is not needed.
-- $1 job id, $2 now
-- columns: id, was
with old as (
	select id, state from attempt
	where job_id = $1 and finished_at is null
	order by id
	for update
)
update attempt set state = 'cancelled', reason = 'not_needed', finished_at = $2
from old
where attempt.id = old.id
returning attempt.id, old.state as was
