-- The job of a claim, written with it. Fails (22012) if the claim is another's
-- by now, and with it the job.
-- $1 netuid, $2 key id, $3 name, $4 claim, $5 job id; columns: done
with done as (
	update idempotency set job_id = $5
	where netuid = $1 and key_id = $2 and name = $3 and claim = $4
		and job_id is null
	returning 1
)
select 1 / count(*) as done from done
