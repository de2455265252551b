-- A key as the API shows it, without its hash.
-- $1 id, $2 netuid; columns: body, the JSON text
select json_build_object(
	'id', k.id, 'name', k.name, 'role', k.role, 'tenant', k.tenant,
	'created_at', k.created_at, 'created_by', k.created_by,
	'expires_at', k.expires_at, 'revoked_at', k.revoked_at,
	'last_used_at', k.last_used_at,
	'quotas', (select coalesce(json_agg(json_build_object('kind', q.kind,
			'jobs', q.jobs, 'window_s', q.window_s)
			order by q.kind), '[]')
		from key_quota q
		where q.key_id = k.id))::text as body
from api_key k
where k.id = $1 and k.netuid = $2
