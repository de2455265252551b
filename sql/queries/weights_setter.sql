-- How a setter stands.
-- $1 netuid, $2 mecid, $3 hotkey, $4 block, $5 now, $6 call or null,
-- $7 last_update, $8 next_block, $9 tempos_behind or null, $10 committed,
-- $11 vector_id or null, $12 waits_for or null, $13 until_block or null,
-- $14 alarm or null
insert into setter (netuid, mecid, hotkey, block, at, call, last_update,
	next_block, tempos_behind, committed, vector_id, waits_for,
	until_block, alarm)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (netuid, mecid) do update set hotkey = excluded.hotkey,
	block = excluded.block, at = excluded.at, call = excluded.call,
	last_update = excluded.last_update, next_block = excluded.next_block,
	tempos_behind = excluded.tempos_behind,
	committed = excluded.committed, vector_id = excluded.vector_id,
	waits_for = excluded.waits_for, until_block = excluded.until_block,
	alarm = excluded.alarm
