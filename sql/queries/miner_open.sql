-- Attempts that are not over, by miner and by what its capacity calls their
-- kind: an instance's, and the others'. probes: those that were made since the
-- miner was ejected.
-- (ordered: so the index of deadlines is the one to be used, of tables that
-- were empty when the plan was made, too)
-- $1 netuid, $2 instance, $3 deadlines from (open_from.sql); null: all
-- columns: hotkey, capacity_key, ours, others, probes
select a.hotkey, k.capacity_key,
	count(*) filter (where a.instance is not distinct from $2) as ours,
	count(*) filter (where a.instance is distinct from $2) as others,
	count(*) filter (where a.prepared_at > m.ejected_at) as probes
from (
	select hotkey, kind, instance, prepared_at
	from attempt
	where netuid = $1 and finished_at is null
		and deadline_at >= coalesce($3::timestamptz, '-infinity')
	order by deadline_at) a
join kind k on k.netuid = $1 and k.name = a.kind
left join miner m on m.netuid = $1 and m.hotkey = a.hotkey
group by a.hotkey, k.capacity_key
