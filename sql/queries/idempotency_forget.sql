-- What was named long ago; so many at once.
-- $1 netuid, $2 before this, $3 at most so many
delete from idempotency
where ctid = any (array (
	select ctid from idempotency
	where netuid = $1 and claimed_at < $2
	order by claimed_at
	limit $3
	for update skip locked))
