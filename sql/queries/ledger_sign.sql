-- What an intention's extrinsic is called, before it is sent.
-- $1 id, $2 extrinsic_hash
-- columns: id; no row if it has moved on
update ledger set extrinsic_hash = $2
where id = $1 and state = 'intended' and extrinsic_hash is null
returning id
