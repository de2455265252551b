-- It delivered: its failures in a row are forgotten, and that it was out.
-- $1 netuid, $2 hotkey
update miner set streak = 0, ejections = 0, ejected_at = null,
	ejected_until = null
where netuid = $1 and hotkey = $2
	and (streak > 0 or ejected_until is not null)
