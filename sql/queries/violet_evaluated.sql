-- What a validator has seen, newest first.
-- $1 netuid, $2 validator, $3 behind this job; null: from the newest,
-- $4 how many
-- columns: job_id, at_us
select job_id, (extract(epoch from at) * 1e6)::bigint as at_us
from violet_seen
where netuid = $1 and validator = $2
	and ($3::uuid is null or job_id < $3)
order by job_id desc
limit $4
