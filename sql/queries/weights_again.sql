-- The vector that the chain took last, proven or committed and not revealed,
-- to be sent again; at most one in so many blocks, none while another waits,
-- none that was first made too long ago, and none that the rules have refused
-- since.
-- $1 id, $2 netuid, $3 mecid, $4 hotkey, $5 block, $6 now, $7 made at or after,
-- $8 the last one's block must not be above
-- columns: vector_id, once for each entry
with last as (
	select coalesce(v.origin, v.id) as origin
	from ledger l
	join weight_vector v on v.id = l.vector_id
	where l.netuid = $2 and l.mecid = $3 and l.hotkey = $4
		and (l.state = 'proven' or l.reason = 'not_revealed')
		and v.source <> 'fallback'
	order by coalesce(l.proven_block, l.included_block) desc
	limit 1
), vector as (
	insert into weight_vector (id, netuid, mecid, block, created_at,
		source, origin)
	select $1::uuid, $2, $3, $5::bigint, $6::timestamptz, 'again', o.id
	from last
	join weight_vector o on o.id = last.origin
	where o.created_at >= $7 and not exists (
		select from weight_vector w
		where w.netuid = $2 and w.mecid = $3
			and (w.taken_at is null or
			w.source in ('again', 'fallback') and w.block > $8 or
			w.origin = o.id and w.refusal not in ('superseded',
			'too_old') and w.refusal not like 'gave_up%'))
	returning id, origin
)
insert into weight_entry (vector_id, netuid, hotkey, uid, weight)
select vector.id, e.netuid, e.hotkey, e.uid, e.weight
from vector
join weight_entry e on e.vector_id = vector.origin
returning vector_id
