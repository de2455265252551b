-- A job that we hold cannot go on now: it is due again, for anybody, later.
-- $1 id, $2 lease_owner, $3 next_try_at
update job set next_try_at = $3, tries = tries + 1, lease_owner = null,
	lease_until = null
where id = $1 and state = 'queued' and lease_owner = $2
