-- Is this instance of a program alive?
-- $1 id, $2 program, $3 seen no earlier than this; columns: found
select exists (
	select from instance
	where id = $1 and program = $2 and seen_at >= $3) as found
