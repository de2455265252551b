-- What is locked towards the neurons of the newest snapshot, where that has
-- changed. After the neurons are written.
-- $1 netuid, $2 block, $3 jsonb array of {uid, hotkey, locked, locked_own}
with given as (
	select e.*
	from jsonb_to_recordset($3::jsonb) as e (uid integer, hotkey text,
		locked numeric, locked_own numeric)
	where $2 = (select max(block) from snapshot where netuid = $1)
), seen as (
	update snapshot set has_locks = true
	where netuid = $1 and block = $2
		and $2 = (select max(block) from snapshot where netuid = $1)
)
update neuron n
set block = $2, locked = g.locked, locked_own = g.locked_own
from given g
where n.netuid = $1 and n.uid = g.uid and n.hotkey = g.hotkey
	and (n.locked, n.locked_own)
		is distinct from (g.locked, g.locked_own)
