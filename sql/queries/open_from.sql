-- The earliest deadlines, of those that are over, of attempts and jobs that are
-- open all the same. What is due is looked for from there on: an old snapshot
-- keeps in the indexes all that was open since, of which nothing need be read
-- more than once.
-- $1 netuid, $2 now, $3 attempts' deadlines from, $4 jobs' deadlines from;
-- null: from the beginning
-- columns: attempt_us, job_us; null: none is open
select (extract(epoch from (
		select min(deadline_at) from attempt
		where netuid = $1 and finished_at is null
			and deadline_at >= coalesce($3::timestamptz, '-infinity')
			and deadline_at < $2)) * 1e6)::bigint as attempt_us,
	(extract(epoch from (
		select min(first.deadline_at)
		from unnest(array['queued', 'assigned', 'running']::job_state[])
			as s (state)
		cross join lateral (
			select deadline_at from job
			where netuid = $1 and state = s.state
				and finished_at is null and deadline_at
				>= coalesce($4::timestamptz, '-infinity')
				and deadline_at < $2
			order by deadline_at
			limit 1) first)) * 1e6)::bigint as job_us
