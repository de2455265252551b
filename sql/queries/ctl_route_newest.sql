-- What a router drew from last.
-- $1 netuid
-- columns: id, made_at, body
select id, made_at, body
from route_table
where netuid = $1
order by made_at desc, id
limit 1
