-- A client deletes its file.
-- $1 id, $2 netuid, $3 tenant whose it must be (null: anybody's)
-- columns: id, sha256, is_used: a job needs its bytes
delete from file
where id = $1 and netuid + 0 = $2 and ($3::text is null or tenant = $3)
returning id, sha256, used_at is not null as is_used
