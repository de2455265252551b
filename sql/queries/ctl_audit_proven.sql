-- What was proven last of a mechanism's weights, a row for each uid.
-- $1 netuid, $2 mecid
-- columns: block, uid, weight (of 65535)
select l.proven_block as block, u.uid, u.weight::double precision as weight
from (
	select proven_block, uids, weights
	from ledger
	where netuid = $1 and mecid = $2 and state = 'proven'
	order by proven_block desc, ended_at desc
	limit 1) l
cross join unnest(l.uids, l.weights) as u (uid, weight)
order by u.uid
