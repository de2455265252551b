-- A receiver is gone: its endpoint is disabled, and what waits for it has
-- ended, this one and all others of the same tenant and URL.
-- $1 id of the delivery, $2 now, $3 status of the answer
-- columns: id, of the deliveries that have ended by it
with this as (
	select netuid, tenant, webhook, url, receiver
	from webhook_delivery where id = $1
), off as (
	update webhook w set disabled_at = $2, why = 'gone'
	from this t
	where w.id = t.webhook and w.disabled_at is null
)
update webhook_delivery d set
	ended_at = $2,
	why = 'gone',
	status = case when d.id = $1 then $3 else d.status end
from this t
where d.netuid = t.netuid and d.receiver = t.receiver and d.ended_at is null
	and d.tenant = t.tenant and d.url = t.url
	and d.webhook is not distinct from t.webhook
returning d.id
