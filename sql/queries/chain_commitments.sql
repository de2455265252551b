-- Commitments that are new or have changed.
-- $1 netuid, $2 block of the newest snapshot, $3 jsonb array of {hotkey,
-- block, deposit, fields, text, hash, reveal_round, address, data,
-- decode_error}
insert into commitment (netuid, read_block, hotkey, block, deposit, fields,
	text, hash, reveal_round, address, data, decode_error)
select $1, $2, e.hotkey, e.block, e.deposit, e.fields, e.text, e.hash,
	e.reveal_round, e.address, e.data, e.decode_error
from jsonb_to_recordset($3::jsonb) as e (hotkey text, block bigint,
	deposit numeric, fields jsonb, text text, hash text,
	reveal_round numeric, address text, data text, decode_error text)
left join commitment c on c.netuid = $1 and c.hotkey = e.hotkey
where $2 = (select max(block) from snapshot where netuid = $1)
	and (c.hotkey is null
		or (c.block, c.deposit, c.fields, c.text, c.hash,
			c.reveal_round, c.address, c.data, c.decode_error)
		is distinct from
		(e.block, e.deposit, e.fields, e.text, e.hash,
			e.reveal_round, e.address, e.data, e.decode_error))
on conflict (netuid, hotkey) do update set read_block = excluded.read_block,
	block = excluded.block, deposit = excluded.deposit,
	fields = excluded.fields, text = excluded.text, hash = excluded.hash,
	reveal_round = excluded.reveal_round, address = excluded.address,
	data = excluded.data, decode_error = excluded.decode_error
