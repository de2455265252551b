-- A neuron's stake as the newest snapshot has it.
-- $1 netuid, $2 hotkey
-- columns: stake (alpha and what TAO counts for, not rao), block
select (n.total_stake / 1e9)::double precision as stake,
	coalesce((select max(block) from snapshot where netuid = $1), n.block)
		as block
from neuron n
where n.netuid = $1 and n.hotkey = $2
