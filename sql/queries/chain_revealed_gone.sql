-- Revealed commitments that are not there any more.
-- $1 netuid, $2 block of the newest snapshot, $3 jsonb array of {hotkey};
-- other members are passed over
delete from revealed_commitment c
where c.netuid = $1
	and $2 = (select max(block) from snapshot where netuid = $1)
	and not exists (
		select from jsonb_to_recordset($3::jsonb) as e (hotkey text)
		where e.hotkey = c.hotkey)
