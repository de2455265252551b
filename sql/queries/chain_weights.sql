-- Validators' weights that are new or have changed; [] takes a row away.
-- $1 netuid, $2 block of the newest snapshot, $3 jsonb array of {mecid, uid,
-- hotkey, weights}
with given as (
	select e.mecid, e.uid, e.hotkey, e.weights
	from jsonb_to_recordset($3::jsonb) as e (mecid integer, uid integer,
		hotkey text, weights jsonb)
	where $2 = (select max(block) from snapshot where netuid = $1)
), emptied as (
	delete from validator_weights w
	using given g
	where w.netuid = $1 and w.mecid = g.mecid and w.uid = g.uid
		and g.weights = '[]'
)
insert into validator_weights (netuid, block, mecid, uid, hotkey, weights)
select $1, $2, g.mecid, g.uid, g.hotkey, g.weights
from given g
left join validator_weights w on w.netuid = $1 and w.mecid = g.mecid
	and w.uid = g.uid
where g.weights <> '[]'
	and (w.uid is null or (w.hotkey, w.weights)
		is distinct from (g.hotkey, g.weights))
on conflict (netuid, mecid, uid) do update set block = excluded.block,
	hotkey = excluded.hotkey, weights = excluded.weights
