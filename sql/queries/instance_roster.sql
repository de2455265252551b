-- Who shares the miners' slots.
-- $1 program, $2 netuid, $3 seen no earlier than this
-- columns: id, joined_us, roster
select id, coalesce(extract(epoch from joined_at) * 1e6, 0)::bigint
		as joined_us,
	coalesce(roster, '') as roster
from instance
where program = $1 and netuid = $2 and seen_at >= $3 and left_at is null
order by id
