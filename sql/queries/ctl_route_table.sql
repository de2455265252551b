-- What a router drew from.
-- $1 netuid, $2 id
-- columns: body
select body from route_table where netuid = $1 and id = $2
