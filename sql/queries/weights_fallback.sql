-- All to one hotkey, for want of anything better; at most one vector of the
-- kind in so many blocks, and none while another waits. It was accepted when
-- it was configured.
-- $1 id, $2 netuid, $3 mecid, $4 block, $5 now, $6 hotkey, $7 uid,
-- $8 the last one's block must not be above
-- columns: vector_id
with vector as (
	insert into weight_vector (id, netuid, mecid, block, created_at,
		source, accepted_at)
	select $1::uuid, $2, $3, $4::bigint, $5::timestamptz, 'fallback',
		$5::timestamptz
	where not exists (
		select from weight_vector w
		where w.netuid = $2 and w.mecid = $3
			and (w.taken_at is null or
			w.source in ('again', 'fallback') and w.block > $8))
	returning id, netuid
)
insert into weight_entry (vector_id, netuid, hotkey, uid, weight)
select vector.id, vector.netuid, $6, $7::integer, 1
from vector
returning vector_id
