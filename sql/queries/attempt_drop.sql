-- The job has ended: what is still open is not needed. What a miner had
-- accepted and not brought by its deadline has timed out nevertheless, or is lost
-- if we turned its result away.
-- (state < ..., not finished_at: found by the job, never by the index of all that
-- is open, which an old snapshot keeps full of what was)
-- $1 job id, $2 now
-- columns: id, was, state, reason, kind, hotkey, instance, miner_ms,
-- is_hedge
with old as (
	select id, state, state = 'accepted' and deadline_at <= $2 as is_overdue,
		turned_away_at is not null as is_lost
	from attempt
	where job_id = $1 and state < 'delivered'
	order by id
	for update
)
update attempt set
	state = case when is_overdue and is_lost then 'abandoned'::attempt_state
		when is_overdue then 'timed_out' else 'cancelled' end,
	reason = case when is_overdue and is_lost then 'lost_result'
		when is_overdue then 'no_result' else 'not_needed' end,
	finished_at = $2
from old
where attempt.id = old.id
returning attempt.id, attempt.job_id, old.state as was, attempt.state, attempt.reason,
	attempt.kind, attempt.hotkey, attempt.instance, attempt.miner_ms,
	attempt.hedge_of is not null as is_hedge
