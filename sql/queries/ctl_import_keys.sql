-- API keys that are brought along for a while; one that is there stays as it
-- is, with its first end.
-- $1 netuid, $2 jsonb array of {id, hash, name, role, tenant, created_us,
-- expires_us}
-- columns: added
with added as (
	insert into api_key (id, netuid, hash, name, role, tenant, created_at,
		expires_at)
	select k.id, $1::integer, k.hash, k.name, k.role, k.tenant,
		timestamptz 'epoch' + k.created_us * interval '1 us',
		timestamptz 'epoch' + k.expires_us * interval '1 us'
	from jsonb_to_recordset($2::jsonb) as k (id text, hash text, name text,
		role text, tenant text, created_us bigint, expires_us bigint)
	on conflict (id) do nothing
	returning id
)
select count(*) as added from added
