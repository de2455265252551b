-- A key is good for nothing from now on. The first time counts.
-- $1 id, $2 netuid, $3 now
-- columns: id, name, role, tenant, revoked_at, if there is such a key
update api_key set revoked_at = coalesce(revoked_at, $3)
where id = $1 and netuid = $2
returning id, name, role, tenant, revoked_at
