-- The neurons of a snapshot; those that went or moved were taken out before.
-- $1 netuid, $2 block, $3 jsonb array of {uid, hotkey, coldkey, alpha_stake,
-- tao_stake, total_stake, validator_permit, last_update, address,
-- address_block}
insert into neuron (netuid, uid, hotkey, coldkey, block, alpha_stake,
	tao_stake, total_stake, validator_permit, last_update, address,
	address_block)
select $1, e.uid, e.hotkey, e.coldkey, $2, e.alpha_stake, e.tao_stake,
	e.total_stake, e.validator_permit, e.last_update, e.address,
	e.address_block
from jsonb_to_recordset($3::jsonb) as e (uid integer, hotkey text,
	coldkey text, alpha_stake numeric, tao_stake numeric,
	total_stake numeric, validator_permit boolean, last_update bigint,
	address text, address_block bigint)
on conflict (netuid, uid) do update set block = excluded.block,
	coldkey = excluded.coldkey, alpha_stake = excluded.alpha_stake,
	tao_stake = excluded.tao_stake, total_stake = excluded.total_stake,
	validator_permit = excluded.validator_permit,
	last_update = excluded.last_update, address = excluded.address,
	address_block = excluded.address_block
