-- A file that was sent.
-- $1 id, $2 netuid, $3 tenant, $4 sha256, $5 bytes, $6 type, $7 created_at,
-- $8 expires_at, $9 measured
-- columns: body, as the API shows it
insert into file (id, netuid, tenant, sha256, bytes, type, created_at,
	expires_at, measured)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning json_build_object('id', id, 'bytes', bytes, 'sha256', sha256,
	'type', type, 'measured', measured, 'created_at', created_at, 'expires_at', expires_at,
	'content', '/v1/files/' || id || '/content') as body
