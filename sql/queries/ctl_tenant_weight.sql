-- What a tenant weighs from the next claim on.
-- $1 netuid, $2 name, $3 weight
-- columns: name, weight
insert into tenant (netuid, name, weight)
values ($1, $2, $3)
on conflict (netuid, name) do update set weight = excluded.weight
returning name, weight
