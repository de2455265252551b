-- A claim came to nothing: the next one may try.
-- $1 netuid, $2 key id, $3 name, $4 claim
delete from idempotency
where netuid = $1 and key_id = $2 and name = $3 and claim = $4
	and job_id is null
