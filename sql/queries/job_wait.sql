-- A job that we hold waits until a miner is free: it is due, for anybody. If
-- it was claimed it has paid for its turn, and does not pay again.
-- $1 id, $2 lease_owner, $3 now
update job set next_try_at = $3, lease_owner = null, lease_until = null
where id = $1 and state = 'queued' and lease_owner = $2
