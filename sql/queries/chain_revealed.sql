-- Revealed commitments that are new or have changed.
-- $1 netuid, $2 block of the newest snapshot, $3 jsonb array of {hotkey,
-- revealed, data, decode_error}
insert into revealed_commitment (netuid, read_block, hotkey, revealed, data,
	decode_error)
select $1, $2, e.hotkey, e.revealed, e.data, e.decode_error
from jsonb_to_recordset($3::jsonb) as e (hotkey text, revealed jsonb,
	data text, decode_error text)
left join revealed_commitment c on c.netuid = $1 and c.hotkey = e.hotkey
where $2 = (select max(block) from snapshot where netuid = $1)
	and (c.hotkey is null
		or (c.revealed, c.data, c.decode_error)
		is distinct from (e.revealed, e.data, e.decode_error))
on conflict (netuid, hotkey) do update set read_block = excluded.read_block,
	revealed = excluded.revealed, data = excluded.data,
	decode_error = excluded.decode_error
