-- Neurons that are not in a snapshot any more, or have another uid there.
-- $1 netuid, $2 jsonb array of {uid, hotkey}; other members are passed over
delete from neuron n
where n.netuid = $1 and not exists (
	select from jsonb_to_recordset($2::jsonb) as e (uid integer, hotkey text)
	where e.uid = n.uid and e.hotkey = n.hotkey)
