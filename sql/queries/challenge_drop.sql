-- A challenge comes to nothing.
-- $1 id, $2 netuid, $3 owner, $4 now, $5 why
update challenge set dropped_at = $4, why = $5
where id = $1 and netuid = $2 and owner = $3 and made_at is null
	and dropped_at is null
