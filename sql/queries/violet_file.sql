-- A file by its id: a job's input, or an attempt's result.
-- $1 id, $2 netuid, $3 whose job it must be; null: anybody's
-- columns: owner (the id it is kept under), type, sha256, bytes, kind,
-- is_result, created_us
-- (+ 0: found by its id, whatever is known of the tables yet)
select coalesce(j.input_of, j.id) as owner, j.input_type as type,
	j.input_sha256 as sha256, j.input_bytes as bytes, j.kind,
	false as is_result,
	(extract(epoch from j.created_at) * 1e6)::bigint as created_us
from job j
where j.id = $1 and j.netuid + 0 = $2 and j.input_sha256 is not null
	and ($3::text is null or j.tenant = $3)
union all
select a.id, a.result_type, a.result_sha256, a.result_bytes, a.kind, true,
	(extract(epoch from a.received_at) * 1e6)::bigint
from attempt a
join job j on j.id = a.job_id
where a.id = $1 and a.netuid + 0 = $2 and a.state = 'delivered'
	and a.result_sha256 is not null
	and ($3::text is null or j.tenant = $3)
