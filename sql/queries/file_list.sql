-- Files that have not expired, the latest first.
-- $1 netuid, $2 tenant whose they must be (null: anybody's), $3 now,
-- $4 behind this id (null: from the first), $5 how many
-- columns: id, and body, as the API shows it
select id, json_build_object('id', id, 'bytes', bytes, 'sha256', sha256,
	'type', type, 'measured', measured, 'created_at', created_at, 'expires_at', expires_at,
	'content', '/v1/files/' || id || '/content') as body
from file
where netuid = $1 and ($2::text is null or tenant = $2) and expires_at > $3
	and ($4::uuid is null or id < $4)
order by id desc
limit $5
