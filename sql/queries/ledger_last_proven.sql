-- The weights that were proven last.
-- $1 netuid, $2 mecid, $3 hotkey
-- columns: id, uids, weights, proven_block
select id, uids, weights, proven_block
from ledger
where netuid = $1 and mecid = $2 and hotkey = $3 and state = 'proven'
order by proven_block desc
limit 1
