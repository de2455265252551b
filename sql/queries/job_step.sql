-- Move a job from one of some states to another; no row if it was in none, or
-- if it is to be queued again or given up and has an attempt under way, or if
-- the best attempt it is to be done by is not delivered.
-- (state < ..., not finished_at: found by the job, never by the index of all that
-- is open, which an old snapshot keeps full of what was)
-- $1 id, $2 states to come from, $3 state to go to, $4 reason, $5 now,
-- $6 best attempt, $7 next_try_at, $8 what it takes of the retry budget
-- columns: was, the state it came from; left: it has an attempt under way
update job j set
	state = $3,
	reason = $4,
	finished_at = case when $3::job_state in ('done', 'failed', 'expired',
		'cancelled') then $5::timestamptz end,
	best_attempt = coalesce($6, j.best_attempt),
	lease_owner = null,
	lease_until = null,
	next_try_at = coalesce($7, j.next_try_at),
	retries_left = j.retries_left - $8::integer,
	tries = j.tries + case when $3::job_state = 'queued' then 1 else 0 end
from job old
where old.id = $1 and j.id = old.id and j.state = any ($2::job_state[])
	and ($3::job_state not in ('queued', 'failed') or not exists (
		select 1 from attempt
		where job_id = $1 and state < 'delivered'))
	and ($3::job_state <> 'done' or $6::uuid is null or exists (
		select 1 from attempt where id = $6 and state = 'delivered'))
returning old.state as was, exists (
	select 1 from attempt
	where job_id = $1 and state < 'delivered') as left
