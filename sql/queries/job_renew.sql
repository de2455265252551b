-- Hold on to what we work on.
-- $1 lease_owner, $2 lease_until, $3 netuid
update job set lease_until = $2
where netuid = $3 and lease_owner = $1 and finished_at is null
