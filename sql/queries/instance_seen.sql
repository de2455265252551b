-- A live process that shares the miners' slots says that it is there.
-- $1 id, $2 program, $3 netuid, $4 started_at, $5 seen_at, $6 url or null,
-- $7 joined_at, $8 roster
insert into instance (id, program, netuid, started_at, seen_at, url, joined_at,
	roster)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update set seen_at = excluded.seen_at, url = excluded.url,
	joined_at = excluded.joined_at, roster = excluded.roster
