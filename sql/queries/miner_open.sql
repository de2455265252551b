-- Attempts that are not over, by miner and by what its capacity calls their
-- kind: an instance's, and the others'. probes: those that were made since the
-- miner was ejected.
-- $1 netuid, $2 instance
-- columns: hotkey, capacity_key, ours, others, probes
select a.hotkey, k.capacity_key,
	count(*) filter (where a.instance is not distinct from $2) as ours,
	count(*) filter (where a.instance is distinct from $2) as others,
	count(*) filter (where a.prepared_at > m.ejected_at) as probes
from attempt a
join kind k on k.netuid = a.netuid and k.name = a.kind
left join miner m on m.netuid = a.netuid and m.hotkey = a.hotkey
where a.netuid = $1 and a.finished_at is null
group by a.hotkey, k.capacity_key
