-- What a miner said to a probe, or that it said nothing.
-- $1 netuid, $2 hotkey, $3 is_up, $4 capacity
update miner set is_up = $3, capacity = $4
where netuid = $1 and hotkey = $2
