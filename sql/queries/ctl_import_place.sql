-- Where the chain is; no row before the first snapshot.
-- $1 netuid
-- columns: block, at_us
select block, (extract(epoch from at) * 1e6)::bigint as at_us
from snapshot
where netuid = $1
order by block desc
limit 1
