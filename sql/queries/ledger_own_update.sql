-- The last block in which weights of ours were taken.
-- $1 netuid, $2 mecid, $3 hotkey
-- columns: block, null if there is none
select max(finalized_block) as block
from ledger
where netuid = $1 and mecid = $2 and hotkey = $3 and action <> 'reveal'
