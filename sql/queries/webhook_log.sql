-- The latest deliveries to an endpoint, or to URLs that a tenant's jobs named,
-- as the API shows them.
-- $1 endpoint, or the tenant's own row, $2 netuid, $3 tenant, $4 how many
-- columns: body, the JSON text; no row: there is no such endpoint
select json_build_object('deliveries', (
	select coalesce(json_agg(json_build_object('id', 'msg_' || d.id,
		'event', d.event, 'job', d.job_id, 'url', d.url,
		'created_at', d.created_at,
		'state', case when d.ended_at is null then 'waiting'
			when d.delivered then 'delivered' else 'given_up' end,
		'tries', d.tries, 'status', d.status, 'why', d.why,
		'next_try_at', case when d.ended_at is null
			then d.next_try_at end,
		'ended_at', d.ended_at) order by d.created_at desc), '[]')
	from (
		(select * from webhook_delivery
		where netuid = $2 and tenant = $3 and webhook = w.id
		order by created_at desc
		limit $4)
		union all
		(select * from webhook_delivery
		where w.url is null and netuid = $2 and tenant = $3
			and webhook is null
		order by created_at desc
		limit $4)) d))::text as body
from webhook w
where w.id = $1 and w.netuid = $2 and w.tenant = $3
