-- A job was not made: its places are free again, in windows that are not over.
-- $1 key id, $2 kind, $3 when they were taken
update key_use set used = used - 1
where key_id = $1 and kind in ('*', $2) and used > 0
	and began_at <= $3::timestamptz
