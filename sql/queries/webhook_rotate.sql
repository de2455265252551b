-- A new secret; the one before signs beside it for a while.
-- $1 id, $2 netuid, $3 tenant, $4 sealed secret, $5 until when
-- columns: id; no row: there is none
update webhook set old_secret = secret, old_until = $5, secret = $4
where id = $1 and netuid = $2 and tenant = $3
returning id
