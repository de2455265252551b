-- References to ask the service for, the oldest first: those that are wanted,
-- and those that were asked for by somebody who is dead by now.
-- $1 netuid, $2 now, $3 when who asks now is dead, $4 at most so many
-- columns: job_id, scoring, params, input_of (the job that has the file),
-- input_sha256, input_type, input_bytes
with taken as (
	select netuid, job_id
	from reference
	where netuid = $1 and source = 'service' and deadline_at > $2
		and (state = 'wanted'
			or (state = 'asked' and asked_until <= $2))
	order by wanted_at, job_id
	limit $4
	for update skip locked
)
update reference f set state = 'asked', asked_at = $2, asked_until = $3
from taken t
join job j on j.id = t.job_id
join kind k on k.netuid = j.netuid and k.name = j.kind
where f.netuid = t.netuid and f.job_id = t.job_id
returning f.job_id, k.scoring, j.params, coalesce(j.input_of, j.id) as input_of,
	j.input_sha256, j.input_type, coalesce(j.input_bytes, 0) as input_bytes
