-- Another secret for a key that is not revoked.
-- $1 id, $2 netuid, $3 the secret's hash
-- columns: id, name, role, tenant, created_at, expires_at
update api_key set hash = $3
where id = $1 and netuid = $2 and revoked_at is null
returning id, name, role, tenant, created_at, expires_at
