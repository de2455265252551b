-- A banned miner may get jobs again; no row if it is not banned.
-- $1 netuid, $2 hotkey
-- columns: hotkey
update miner set banned_at = null, ban_reason = null
where netuid = $1 and hotkey = $2 and banned_at is not null
returning hotkey
