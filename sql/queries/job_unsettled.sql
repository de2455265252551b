-- Open jobs that wait for nothing any more: past their deadline, or assigned
-- with no attempt under way.
-- (each state by itself, in the order of deadlines, and attempts counted, not
-- sought: the plan is kept, and may have been made of tables that were empty)
-- $1 netuid, $2 now, $3 deadlines from (open_from.sql), $4 deadlines before;
-- null: all
-- columns: id
select id
from (
	select j.id
	from unnest(array['queued', 'assigned', 'running']::job_state[])
		as s (state)
	cross join lateral (
		select id, deadline_at from job
		where netuid = $1 and state = s.state and finished_at is null
			and deadline_at
				>= coalesce($3::timestamptz, '-infinity')
			and deadline_at < case s.state when 'queued' then $2
				else coalesce($4::timestamptz, 'infinity') end
		order by deadline_at) j
	where j.deadline_at < $2 or (
		select count(*) from (
			select from attempt
			where job_id = j.id and state < 'delivered'
			limit 1) a) = 0
	limit 200) unsettled
order by id
