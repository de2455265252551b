-- Keep what a router draws from, which receipts name.
-- $1 id, $2 netuid, $3 now, $4 the table as text
insert into route_table (id, netuid, made_at, body)
values ($1, $2, $3, $4)
on conflict (netuid, id) do nothing
