-- A tenant's endpoints as the API shows them.
-- $1 netuid, $2 tenant, $3 id; null: all
-- columns: body, the JSON text of one, oldest first
select json_build_object('id', id, 'url', url, 'events', events,
	'created_at', created_at, 'disabled_at', disabled_at,
	'why', why)::text as body
from webhook
where netuid = $1 and tenant = $2 and url is not null
	and ($3::uuid is null or id = $3)
order by created_at, id
