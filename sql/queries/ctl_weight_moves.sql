-- A weight vector beside the weights that were proven, by uid. An entry whose
-- hotkey does not stand at its uid stands = false: it will be left out.
-- $1 vector, $2 row of the ledger or null, $3 netuid
-- columns: uid, hotkey, weight, proven, stands
with entry as (
	select e.uid, e.hotkey, e.weight, n.uid is not null as stands
	from weight_entry e
	left join neuron n on n.netuid = $3 and n.uid = e.uid
		and n.hotkey = e.hotkey
	where e.vector_id = $1
), proven as (
	select u.uid, u.weight
	from ledger l, unnest(l.uids, l.weights) as u (uid, weight)
	where l.id = $2::uuid
)
select coalesce(e.uid, p.uid) as uid,
	coalesce(e.hotkey, n.hotkey) as hotkey, coalesce(e.weight, 0) as weight,
	coalesce(p.weight, 0) as proven, coalesce(e.stands, true) as stands
from entry e
full join proven p on p.uid = case when e.stands then e.uid end
left join neuron n on n.netuid = $3 and n.uid = p.uid
order by 1, 2
