-- The kinds of a subnet by what miners call them; of two the first by name.
-- $1 netuid
-- columns: capacity_key, name
select distinct on (capacity_key) capacity_key, name
from kind
where netuid = $1
order by capacity_key, name
