-- The failures that several instances saw make it out.
-- $1 netuid, $2 hotkey, $3 ejections, $4 ejected_at, $5 ejected_until
update miner set ejections = $3, ejected_at = $4, ejected_until = $5
where netuid = $1 and hotkey = $2
	and (ejected_until is null or ejected_until < $5)
