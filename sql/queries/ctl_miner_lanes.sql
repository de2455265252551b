-- What a miner takes at once, by what its capacity calls the kinds; and how
-- many attempts it had since a time, of how many it and the neurons had.
-- $1 netuid, $2 hotkey, $3 since, $4 since when who asked for work is there
-- columns: key, kinds, said (JSON, as it says; null: nothing), earned, open
-- (attempts under way), got, all
with open as (
	select k.capacity_key, count(*) as n
	from attempt a
	join kind k on k.netuid = a.netuid and k.name = a.kind
	where a.netuid = $1 and a.finished_at is null and a.hotkey = $2
	group by k.capacity_key
), since as (
	select k.capacity_key, count(*) as n,
		count(*) filter (where a.hotkey = $2) as own
	from (
		select hotkey from neuron where netuid = $1
		union
		select $2) n
	join attempt a on a.netuid = $1 and a.hotkey = n.hotkey
		and a.finished_at >= $3
	join kind k on k.netuid = a.netuid and k.name = a.kind
	group by k.capacity_key
)
select k.key, k.kinds, coalesce(
		case when m.polled_at >= $4 then m.pulls -> k.key end,
		m.capacity -> k.key)::text as said,
	l.earned, coalesce(o.n, 0) as open, coalesce(s.own, 0) as got,
	coalesce(s.n, 0) as "all"
from (
	select capacity_key as key, string_agg(name, ' ' order by name)
		as kinds
	from kind
	where netuid = $1
	group by capacity_key) k
left join miner m on m.netuid = $1 and m.hotkey = $2
left join lane l on l.netuid = $1 and l.hotkey = $2
	and l.capacity_key = k.key
left join open o on o.capacity_key = k.key
left join since s on s.capacity_key = k.key
order by k.key
