-- A file that has not expired.
-- $1 id, $2 netuid, $3 tenant whose it must be (null: anybody's), $4 now
-- columns: id, sha256, bytes, type, and body, as the API shows it
select id, sha256, bytes, type, json_build_object('id', id, 'bytes', bytes,
	'sha256', sha256, 'type', type, 'measured', measured, 'created_at', created_at,
	'expires_at', expires_at,
	'content', '/v1/files/' || id || '/content') as body
from file
where id = $1 and netuid + 0 = $2 and expires_at > $4
	and ($3::text is null or tenant = $3)
