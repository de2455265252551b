-- Since when the oldest message waits, and since when the one that is overdue
-- the longest should have been tried: of each receiver's the first, by an index
-- probe each.
-- $1 netuid
-- columns: since_us, due_us (it may be to come); null: none waits
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
)
select (
		select (extract(epoch from min(created_at)) * 1e6)::bigint
		from webhook_delivery
		where netuid = $1 and ended_at is null) as since_us,
	(extract(epoch from min(d.next_try_at)) * 1e6)::bigint as due_us
from receivers r
cross join lateral (
	select next_try_at from webhook_delivery
	where netuid = $1 and ended_at is null and receiver = r.receiver
	order by next_try_at
	limit 1) d
