-- A new key.
-- $1 id, $2 netuid, $3 hash, $4 name, $5 role, $6 tenant, $7 created_at,
-- $8 created_by or null, $9 expires_at or null
-- columns: id, name, role, tenant, created_at, expires_at
insert into api_key (id, netuid, hash, name, role, tenant, created_at,
	created_by, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning id, name, role, tenant, created_at, expires_at
