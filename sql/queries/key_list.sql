-- Keys, the newest first, without their hashes.
-- $1 netuid, $2 at most so many, $3 behind this id; null: from the first
-- columns: body, the JSON text {"keys", "next"}; next is null on the last page
with page as (
	select k.id, k.name, k.role, k.tenant, k.created_at, k.created_by,
		k.expires_at, k.revoked_at, k.last_used_at,
		(select coalesce(json_agg(json_build_object('kind', q.kind,
				'jobs', q.jobs, 'window_s', q.window_s)
				order by q.kind), '[]')
			from key_quota q
			where q.key_id = k.id) as quotas
	from api_key k
	where k.netuid = $1 and ($3::text is null
		or (k.created_at, k.id) < (select created_at, id from api_key
			where id = $3 and netuid = $1))
	order by k.created_at desc, k.id desc
	limit $2
)
select json_build_object(
	'keys', coalesce(json_agg(page order by created_at desc, id desc),
		'[]'),
	'next', case when count(*) = $2
		then (array_agg(id order by created_at, id))[1] end)::text
	as body
from page
