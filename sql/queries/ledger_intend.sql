-- An intention to set weights, unless the hotkey has one in flight.
-- $1 id, $2 netuid, $3 mecid, $4 vector_id, $5 hotkey, $6 uids, $7 weights,
-- $8 version_key, $9 call, $10 nonce, $11 era_birth, $12 era_death,
-- $13 intended_at, $14 action, $15 spec_version, $16 reveal_round or null,
-- $17 reveal_block or null, $18 commit_epoch or null, $19 commit_hash or null,
-- $20 salt or null, $21 reveals or null
-- columns: id; no row if one is in flight
insert into ledger (id, netuid, mecid, vector_id, state, hotkey, uids,
	weights, version_key, call, nonce, era_birth, era_death, intended_at,
	action, spec_version, reveal_round, reveal_block, commit_epoch,
	commit_hash, salt, reveals)
select $1::uuid, $2, $3, $4::uuid, 'intended', $5, $6::integer[],
	$7::integer[], $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
	$19, $20::integer[], $21::uuid
where not exists (
	select from ledger
	where hotkey = $5 and state in ('intended', 'submitted', 'included',
		'finalized', 'unknown'))
returning id
