-- A weight vector by hand, for the hotkeys that hold these uids now; none if
-- a uid is nobody's.
-- $1 id, $2 netuid, $3 mecid, $4 now, $5 uids, $6 weights, $7 accepted_at or
-- null
-- columns: uid, hotkey, weight
with given as (
	select g.uid, g.weight, n.hotkey,
		coalesce((select max(block) from snapshot where netuid = $2),
			n.block) as block
	from unnest($5::integer[], $6::double precision[]) as g (uid, weight)
	left join neuron n on n.netuid = $2 and n.uid = g.uid
), vector as (
	insert into weight_vector (id, netuid, mecid, block, created_at,
		source, accepted_at)
	select $1::uuid, $2, $3, max(block), $4::timestamptz, 'operator',
		$7::timestamptz
	from given
	having bool_and(hotkey is not null)
	returning id, netuid
)
insert into weight_entry (vector_id, netuid, hotkey, uid, weight)
select vector.id, vector.netuid, given.hotkey, given.uid, given.weight
from vector, given
returning uid, hotkey, weight
