-- How far clients' jobs have been looked at, and how many challenges were
-- planned since.
-- $1 netuid, $2 since
-- columns: seen_us (null: never looked), born
select (select (extract(epoch from seen_to) * 1e6)::bigint
		from challenge_plan where netuid = $1) as seen_us,
	(select count(*) from challenge
		where netuid = $1 and born_at > $2) as born
