-- Uids whose hotkey is another than the rows have; the first snapshot of all
-- changes nothing. Before the neurons are written.
-- $1 netuid, $2 block of the newest snapshot, $3 at, $4 jsonb array of {uid,
-- hotkey}; other members are passed over
with before as (
	select max(block) as block from snapshot
	where netuid = $1 and block < $2
), old as (
	select uid, hotkey from neuron where netuid = $1
), new as (
	select uid, hotkey
	from jsonb_to_recordset($4::jsonb) as e (uid integer, hotkey text)
)
insert into neuron_change (netuid, block, after_block, at, uid, kind,
	old_hotkey, new_hotkey)
select $1, $2, before.block, $3::timestamptz, uid,
	case when old.hotkey is null then 'registered'
		when new.hotkey is null then 'left' else 'replaced' end,
	old.hotkey, new.hotkey
from before, old full join new using (uid)
where old.hotkey is distinct from new.hotkey and before.block is not null
	and $2 = (select max(block) from snapshot where netuid = $1)
on conflict (netuid, block, uid) do nothing
