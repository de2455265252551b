-- Neurons that are not in the newest snapshot any more, or have another uid
-- there.
-- $1 netuid, $2 block, $3 jsonb array of {uid, hotkey}; other members are
-- passed over
delete from neuron n
where n.netuid = $1
	and $2 = (select max(block) from snapshot where netuid = $1)
	and not exists (
		select from jsonb_to_recordset($3::jsonb)
			as e (uid integer, hotkey text)
		where e.uid = n.uid and e.hotkey = n.hotkey)
