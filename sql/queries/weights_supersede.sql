-- Vectors older than the one that waits now will not be sent; one that is
-- under way is left alone.
-- $1 netuid, $2 mecid, $3 the waiting one, $4 the one under way or null,
-- $5 now
-- columns: id
update weight_vector v set taken_at = $5, refusal = 'superseded'
from weight_vector newest
where newest.id = $3 and v.netuid = $1 and v.mecid = $2
	and v.taken_at is null and v.id is distinct from $4::uuid
	and (coalesce(v.accepted_at, v.created_at), v.id)
		< (coalesce(newest.accepted_at, newest.created_at), newest.id)
returning v.id
