-- These are being given to somebody who did not prove to be their miner.
-- $1 ids; columns: id
update attempt set is_unproven = true
where id = any ($1::uuid[]) and state = 'prepared'
returning id
