-- What is asked of a key at each request.
-- $1 id, $2 netuid
-- columns: hash, role, tenant, expires_us, revoked_us, used_us (0: none),
-- has_quota
select hash, role, tenant,
	coalesce(extract(epoch from expires_at) * 1e6, 0)::bigint
		as expires_us,
	coalesce(extract(epoch from revoked_at) * 1e6, 0)::bigint
		as revoked_us,
	coalesce(extract(epoch from last_used_at) * 1e6, 0)::bigint
		as used_us,
	exists (select from key_quota q where q.key_id = k.id) as has_quota
from api_key k
where id = $1 and netuid = $2
