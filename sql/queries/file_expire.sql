-- Files that have expired, a few at a time; whoever comes first has them.
-- $1 netuid, $2 now, $3 how many
-- columns: id, sha256, is_used: a job needs its bytes
delete from file
where id in (
	select id from file
	where netuid = $1 and expires_at <= $2
	order by expires_at
	limit $3
	for update skip locked)
returning id, sha256, used_at is not null as is_used
