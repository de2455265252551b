-- A key is in use; written if what is written is older than that.
-- $1 id, $2 now, $3 older than this
update api_key set last_used_at = $2
where id = $1 and (last_used_at is null or last_used_at < $3)
