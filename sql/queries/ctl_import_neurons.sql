-- Who holds which uid now, and since when, by blocks of 12 s.
-- $1 netuid
-- columns: uid, hotkey, since_us (0: the chain does not say)
select n.uid, n.hotkey, coalesce((extract(epoch from s.at
		- (s.block - n.registered_block) * interval '12 s')
		* 1e6)::bigint, 0) as since_us
from neuron n
cross join (
	select block, at from snapshot
	where netuid = $1
	order by block desc
	limit 1) s
where n.netuid = $1
order by n.uid
