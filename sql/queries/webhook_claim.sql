-- Take deliveries that are due, the longest due first, and no more of one
-- receiver than given: of each that waits the first few, by an index probe
-- each, then those of them that nobody else is taking now. Who takes one has
-- it until $3, when it is due again; its try is counted.
-- $1 netuid, $2 now, $3 until when, $4 how many, $5 how many of one receiver,
-- $6 receivers that have some under way here, $7 how many each of those
-- columns: id, tries, url, receiver, event, created_us, job_id, tenant; named:
-- by its job, not by an endpoint; webhook, the row whose secret signs (null: the
-- tenant has none yet); secret, old_secret (null: there is none that is still
-- good); is_off: the endpoint is disabled or gone
with recursive receivers as (
	select first.receiver
	from (
		select receiver from webhook_delivery
		where netuid = $1 and ended_at is null
		order by receiver
		limit 1) first
	union all
	select next.receiver
	from receivers r
	cross join lateral (
		select receiver from webhook_delivery
		where netuid = $1 and ended_at is null
			and receiver > r.receiver
		order by receiver
		limit 1) next
), first as (
	select d.id
	from receivers r
	left join unnest($6::text[], $7::integer[]) as b (receiver, n)
		on b.receiver = r.receiver
	cross join lateral (
		select id, next_try_at from webhook_delivery
		where netuid = $1 and ended_at is null
			and receiver = r.receiver and next_try_at <= $2
		order by next_try_at
		limit greatest($5::integer - coalesce(b.n, 0), 0)) d
	order by d.next_try_at
	limit $4::integer
), mine as materialized (
	select d.id
	from first f
	join webhook_delivery d on d.id = f.id
	where d.ended_at is null and d.next_try_at <= $2
	for update of d skip locked
), taken as (
	update webhook_delivery d set next_try_at = $3, tries = d.tries + 1
	from mine m
	where d.id = m.id
	returning d.*
)
select t.id, t.tries, t.url, t.receiver, t.event,
	(extract(epoch from t.created_at) * 1e6)::bigint as created_us,
	t.job_id, t.tenant, t.webhook is null as named,
	coalesce(e.id, u.id) as webhook, coalesce(e.secret, u.secret) as secret,
	case when coalesce(e.old_until, u.old_until) > $2
		then coalesce(e.old_secret, u.old_secret) end as old_secret,
	t.webhook is not null and (e.id is null or e.disabled_at is not null)
		as is_off
from taken t
left join webhook e on e.id = t.webhook
left join webhook u on t.webhook is null and u.netuid = t.netuid
	and u.tenant = t.tenant and u.url is null
