-- Begin to work on what a client has named, unless that is done or under way:
-- by an instance that is there, and not for too long.
-- $1 netuid, $2 key id, $3 name, $4 fingerprint, $5 claim, $6 instance,
-- $7 now, $8 instances seen before this are dead, $9 what was claimed before
-- this and not done is given up, $10 what was claimed before this is forgotten
insert into idempotency as i (netuid, key_id, name, fingerprint, claim,
	instance, claimed_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (netuid, key_id, name) do update
set fingerprint = excluded.fingerprint, claim = excluded.claim,
	instance = excluded.instance, claimed_at = excluded.claimed_at,
	job_id = null
where i.claimed_at < $10
	or (i.job_id is null and (i.claimed_at < $9
		or not exists (select from instance s
			where s.id = i.instance and s.seen_at >= $8)))
