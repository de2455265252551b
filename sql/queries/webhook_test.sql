-- A message to an endpoint that says nothing but that it arrives.
-- $1 endpoint, $2 netuid, $3 tenant, $4 now
-- columns: id, of the delivery; no row: there is no such endpoint that is told
-- anything
insert into webhook_delivery (netuid, tenant, webhook, url, receiver, event,
	created_at, next_try_at)
select netuid, tenant, id, url, substring(url from '//([^/?#]*)'),
	'webhook.test', $4::timestamptz, $4::timestamptz
from webhook
where id = $1 and netuid = $2 and tenant = $3 and url is not null
	and disabled_at is null
returning id
