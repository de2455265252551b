-- Take queued jobs that are due: our own, and those whose lease ran out.
-- $1 netuid, $2 lease_owner, $3 now, $4 lease_until
-- columns: id
update job set lease_owner = $2, lease_until = $4
where id = any (array(
	select id from job
	where netuid = $1 and state = 'queued' and finished_at is null
		and next_try_at <= $3
		and (lease_owner = $2 or lease_until < $3
			or lease_until is null)
	order by priority desc, next_try_at
	limit 50
	for update skip locked))
returning id
