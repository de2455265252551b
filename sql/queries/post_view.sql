-- Where the chain is. No row before the first snapshot.
-- $1 netuid
-- columns: block, genesis (null: not known)
select block, genesis
from snapshot
where netuid = $1
order by block desc
limit 1
