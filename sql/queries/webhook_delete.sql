-- An endpoint is told nothing any more, and is forgotten.
-- $1 id, $2 netuid, $3 tenant, $4 now
-- columns: id; no row: there is none
with gone as (
	delete from webhook
	where id = $1 and netuid = $2 and tenant = $3 and url is not null
	returning id, netuid, tenant
), ended as (
	update webhook_delivery d set ended_at = $4, why = 'deleted'
	from gone g
	where d.netuid = g.netuid and d.tenant = g.tenant
		and d.webhook = g.id and d.ended_at is null
)
select id from gone
