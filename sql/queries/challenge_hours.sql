-- At what hours of the day (UTC) clients' latest jobs came.
-- $1 netuid, $2 since, $3 of at most so many
-- columns: hour, n
select extract(hour from created_at at time zone 'UTC')::integer as hour,
	count(*) as n
from (
	select created_at from job
	where netuid = $1 and source = 'client' and created_at > $2
	order by created_at desc
	limit $3) latest
group by hour
