-- What the chain said at one finalized block; nothing if a later one is here.
-- $1 netuid, $2 block, $3 block_hash, $4 at, $5 spec_version, $6 hyper jsonb,
-- $7 the chain's genesis
-- columns: block
insert into snapshot (netuid, block, block_hash, at, spec_version, hyper,
	genesis)
select $1::integer, $2::bigint, $3, $4::timestamptz, $5::bigint, $6::jsonb, $7
where not exists (select from snapshot where netuid = $1 and block > $2)
on conflict (netuid, block) do update set block_hash = excluded.block_hash,
	at = excluded.at, spec_version = excluded.spec_version,
	hyper = excluded.hyper, genesis = excluded.genesis
returning block
