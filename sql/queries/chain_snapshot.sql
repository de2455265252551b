-- What the chain said at one finalized block.
-- $1 netuid, $2 block, $3 block_hash, $4 at, $5 spec_version, $6 hyper jsonb
insert into snapshot (netuid, block, block_hash, at, spec_version, hyper)
values ($1, $2, $3, $4, $5, $6)
on conflict (netuid, block) do update set block_hash = excluded.block_hash,
	at = excluded.at, spec_version = excluded.spec_version,
	hyper = excluded.hyper
