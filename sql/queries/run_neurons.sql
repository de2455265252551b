-- The newest snapshot's neurons that serve, and the one that burns, in the
-- order of their hotkeys' bytes.
-- $1 netuid, $2 the burning uid, or -1
-- columns: block, tempo, hotkey, uid, serves, alpha (not rao)
select s.block, (s.hyper ->> 'tempo')::bigint as tempo, n.hotkey, n.uid,
	n.address is not null as serves,
	(n.alpha_stake / 1e9)::double precision as alpha
from neuron n
cross join (
	select block, hyper from snapshot
	where netuid = $1
	order by block desc
	limit 1) s
where n.netuid = $1 and (n.address is not null or n.uid = $2)
order by n.hotkey collate "C"
