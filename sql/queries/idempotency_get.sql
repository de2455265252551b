-- Who has what a client has named.
-- $1 netuid, $2 key id, $3 name
-- columns: claim, fingerprint, job_id or null
select claim, fingerprint, job_id
from idempotency
where netuid = $1 and key_id = $2 and name = $3
