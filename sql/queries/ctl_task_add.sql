-- A task that clients would pay posts for.
-- $1 id, $2 netuid, $3 title, $4 brief, $5 platform or null: any, $6 reward,
-- $7 now, $8 until when it is open, or null, $9 who adds it
-- columns: id, title, platform, reward, closes_at
insert into organic_task (id, netuid, title, brief, platform, reward,
	created_at, closes_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning id, title, platform, reward, closes_at
