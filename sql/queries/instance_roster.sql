-- Who shares the miners' slots: who was seen and has a session.
-- $1 program, $2 netuid, $3 seen no earlier than this
-- columns: id, joined_us, roster
select id, coalesce(extract(epoch from joined_at) * 1e6, 0)::bigint
		as joined_us,
	coalesce(roster, '') as roster
from instance
where program = $1 and netuid = $2 and seen_at >= $3 and left_at is null
	and hashtextextended(id::text, 0) in (
		select classid::bigint << 32 | objid::bigint
		from pg_locks
		where locktype = 'advisory' and objsubid = 1
			and database = (select oid from pg_database
				where datname = current_database()))
order by id
