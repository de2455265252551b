-- What an audit came to, once: no row if it has been settled. A failure counts
-- against the miner until it expires.
-- $1 attempt id, $2 state, $3 now, $4 sha256 of the miner's result, $5 of the
-- trusted one's, $6 why, $7 when a failure expires
-- columns: attempt_id
with settled as (
	update audit set state = $2, settled_at = $3, result_sha256 = $4,
		reference_sha256 = $5, why = $6
	where attempt_id = $1 and state = 'running'
	returning attempt_id, netuid, hotkey, state, why
), failed as (
	insert into audit_failure (attempt_id, netuid, hotkey, at, expires_at,
		reason)
	select attempt_id, netuid, hotkey, $3, $7, why
	from settled
	where state = 'failed'
	on conflict (attempt_id) do nothing
)
select attempt_id from settled
