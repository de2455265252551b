-- A live process that shares nothing says that it is there.
-- $1 id, $2 program, $3 netuid, $4 started_at, $5 seen_at
insert into instance (id, program, netuid, started_at, seen_at)
values ($1, $2, $3, $4, $5)
on conflict (id) do update set seen_at = excluded.seen_at
