-- Take queued jobs that are due and nobody's (or our own, or held too long),
-- of each kind for as many miners as there is room, by deficit round robin
-- over tenants. In a round each tenant may spend its weight in miners asked;
-- what it does not spend it keeps while it waits. Within a tenant by rank.
--
-- waits: the tenants that have queued jobs, one index probe each; offers: of
-- each the first jobs that room would take; rounds: the round in which each
-- can be paid; chosen: those of the earliest rounds. Only as many as were
-- chosen are locked, past what another instance has locked meanwhile. A job
-- pays once, even if nobody could take it then. What is written of turns is
-- added, so that two instances lose nothing of each other's.
-- They are due again after two seconds, should their routing come to nothing.
-- Who had an item of the corpus in another job counts as tried for this one.
-- $1 netuid, $2 lease_owner, $3 now, $4 lease_until, $5 kinds, $6 room: for
-- so many miners of each
-- columns: those of job_get.sql; in the order of their turns
with recursive asked as materialized (
	select kind, room
	from unnest($5::text[], $6::integer[]) as a (kind, room)
	where room > 0
), waits as (
	select a.kind, a.room, first.tenant
	from asked a
	cross join lateral (
		select tenant from job
		where netuid = $1 and kind = a.kind and state = 'queued'
		order by tenant
		limit 1) first
	union all
	select w.kind, w.room, next.tenant
	from waits w
	cross join lateral (
		select tenant from job
		where netuid = $1 and kind = w.kind and state = 'queued'
			and tenant > w.tenant
		order by tenant
		limit 1) next
), offers as (
	select w.kind, w.room, w.tenant, coalesce(t.weight, 1) as weight,
		coalesce(d.deficit, 0) as deficit, j.created_at, j.size,
		j.price, row_number() over (partition by w.kind, w.tenant
			order by j.rank_at, j.id) as place
	from waits w
	left join tenant t on t.netuid = $1 and t.name = w.tenant
	left join tenant_turn d on d.netuid = $1 and d.kind = w.kind
		and d.tenant = w.tenant
	cross join lateral (
		select * from (
			select id, rank_at, created_at, miners_wanted as size,
				case when paid then 0 else miners_wanted end
					as price
			from job
			where netuid = $1 and kind = w.kind
				and tenant = w.tenant and state = 'queued'
				and next_try_at <= $3
				and (lease_until is null or lease_until < $3
					or lease_owner = $2)
			order by rank_at, id
			limit 50) first
		limit w.room) j
), rounds as (
	select kind, room, tenant, weight, deficit, place, size,
		first_value(created_at) over own as since,
		greatest(0, (sum(price) over own - deficit + weight - 1)
			/ weight) as round
	from offers
	window own as (partition by kind, tenant order by place)
), turns as (
	select *, coalesce(sum(size) over (partition by kind
		order by round, since, tenant, place
		rows between unbounded preceding and 1 preceding), 0) < room
		as is_chosen
	from rounds
), chosen as (
	select kind, tenant, weight, deficit,
		count(*) filter (where is_chosen) as n,
		not bool_and(is_chosen) or count(*) >= max(room) as waits_on,
		coalesce(max(max(round) filter (where is_chosen))
			over (partition by kind), 0) as rounds
	from turns
	group by kind, tenant, weight, deficit
), locked as materialized (
	select c.kind, c.tenant, j.id, j.price, row_number() over (
		partition by c.kind, c.tenant order by j.rank_at, j.id) as place
	from chosen c
	cross join lateral (
		select * from (
			select id, rank_at,
				case when paid then 0 else miners_wanted end
					as price
			from job
			where netuid = $1 and kind = c.kind
				and tenant = c.tenant and state = 'queued'
				and next_try_at <= $3
				and (lease_until is null or lease_until < $3
					or lease_owner = $2)
			order by rank_at, id
			limit 50
			for update skip locked) first
		limit c.n) j
), kept as (
	insert into tenant_turn (netuid, kind, tenant, deficit)
	select $1, c.kind, c.tenant, c.rounds * c.weight - l.paid
	from chosen c
	cross join lateral (
		select coalesce(sum(price), 0) as paid from locked
		where kind = c.kind and tenant = c.tenant) l
	where c.waits_on and c.rounds * c.weight <> l.paid
	order by c.kind, c.tenant
	on conflict (netuid, kind, tenant) do update
	set deficit = tenant_turn.deficit + excluded.deficit
), ended as (
	delete from tenant_turn
	where (netuid, kind, tenant) in (
		select t.netuid, t.kind, t.tenant
		from tenant_turn t
		join asked a using (kind)
		where t.netuid = $1 and (t.kind, t.tenant) not in (
			select kind, tenant from chosen where waits_on)
		for update of t skip locked)
), claimed as (
	update job set lease_owner = $2, lease_until = $4, paid = true,
		next_try_at = $3::timestamptz + interval '2 s'
	where id = any (array(select id from locked))
	returning *
)
select j.id, j.kind, j.state, j.params, j.input_sha256, j.input_type,
	j.input_bytes, j.input_of, j.sticky, j.only_hotkey, j.miners_min,
	j.miners_wanted, j.retries_left, j.tries, j.traceparent,
	(extract(epoch from j.created_at) * 1e6)::bigint as created_us,
	(extract(epoch from j.deadline_at) * 1e6)::bigint as deadline_us,
	a.open, a.received, a.delivered, a.tried, a.best, a.round_failed
from claimed j
join locked l using (id)
left join turns t on t.kind = l.kind and t.tenant = l.tenant
	and t.place = l.place
cross join lateral (
	select count(*) filter (where finished_at is null) as open,
		count(*) filter (where state = 'received') as received,
		count(*) filter (where state = 'delivered') as delivered,
		case when j.item is null then coalesce(json_agg(hotkey), '[]')
			else (select coalesce(json_agg(distinct o.hotkey), '[]')
				from job i join attempt o on o.job_id = i.id
				where i.netuid = $1 and i.item = j.item)
		end as tried,
		(array_agg(id order by miner_ms)
			filter (where state = 'delivered'))[1] as best,
		coalesce(bool_or(state <> 'abandoned' and prepared_at >= latest),
			false) as round_failed
	from (
		select *, max(prepared_at) filter (where hedge_of is null)
			over () as latest
		from attempt
		where job_id = j.id) attempts) a
order by j.kind, t.round, t.since, l.tenant, l.place
