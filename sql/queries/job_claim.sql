-- Take queued jobs that are due, the first in the queue first: our own, and
-- those whose lease ran out. They are due again after two seconds, should their
-- routing come to nothing.
-- $1 netuid, $2 lease_owner, $3 now, $4 lease_until, $5 at most so many
-- columns: id
update job set lease_owner = $2, lease_until = $4,
	next_try_at = $3::timestamptz + interval '2 s'
where id = any (array(
	select id from job
	where netuid = $1 and state = 'queued' and finished_at is null
		and next_try_at <= $3
		and (lease_owner = $2 or lease_until < $3
			or lease_until is null)
	order by rank_at, id
	limit $5
	for update skip locked))
returning id
