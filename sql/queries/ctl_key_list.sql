-- API keys, the newest first.
-- $1 netuid, $2 at most so many
-- columns: id, name, role, tenant, created_at, expires_at, revoked_at,
-- last_used_at
select id, name, role, tenant, created_at, expires_at, revoked_at, last_used_at
from api_key
where netuid = $1
order by created_at desc, id desc
limit $2
