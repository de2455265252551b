-- A live process says that it is there.
-- $1 id, $2 program, $3 netuid, $4 started_at, $5 seen_at, $6 url or null
insert into instance (id, program, netuid, started_at, seen_at, url)
values ($1, $2, $3, $4, $5, $6)
on conflict (id) do update set seen_at = excluded.seen_at, url = excluded.url
