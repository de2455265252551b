-- Whether a hotkey is registered.
-- $1 netuid, $2 hotkey
-- columns: uid; no row if it is not
select uid from neuron
where netuid = $1 and hotkey = $2
