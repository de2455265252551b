-- A job's reference is wanted from now on, unless it has been before. One by
-- a trusted miner or consensus is waited for until the job must be over, and a
-- while.
-- $1 netuid, $2 job id, $3 source, $4 now, $5 ms that are waited
insert into reference (netuid, job_id, source, state, wanted_at, deadline_at)
select $1, $2, $3, 'wanted', $4::timestamptz,
	$5::bigint * interval '1 ms' + case
		when $3 <> 'service' then greatest($4,
			(select deadline_at from job where id = $2))
		else $4 end
on conflict (netuid, job_id) do nothing
