-- An intention to set weights, unless the hotkey has one under way.
-- $1 id, $2 netuid, $3 mecid, $4 vector_id, $5 hotkey, $6 uids, $7 weights,
-- $8 version_key, $9 call, $10 nonce, $11 era_birth, $12 era_death,
-- $13 intended_at
-- columns: id; no row if one is under way
insert into ledger (id, netuid, mecid, vector_id, state, hotkey, uids,
	weights, version_key, call, nonce, era_birth, era_death, intended_at)
select $1::uuid, $2, $3, $4::uuid, 'intended', $5, $6::integer[],
	$7::integer[], $8, $9, $10, $11, $12, $13
where not exists (
	select from ledger where hotkey = $5 and ended_at is null)
returning id
