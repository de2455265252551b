-- A job is to work on a file: its bytes stay from now on.
-- $1 id, $2 netuid, $3 tenant whose it must be (null: anybody's), $4 now
-- columns: sha256, bytes, type, measured
update file
set used_at = $4
where id = $1 and netuid + 0 = $2 and expires_at > $4
	and ($3::text is null or tenant = $3)
returning sha256, bytes, type, measured
