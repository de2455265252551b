-- Nobody can take a queued job now: try again later.
-- $1 id, $2 lease_owner, $3 next_try_at, $4 lease_until
update job set next_try_at = $3, tries = tries + 1, lease_until = $4
where id = $1 and state = 'queued' and lease_owner = $2
