-- Processes of a subnet that were heard of since a time.
-- $1 netuid, $2 now, $3 since
-- columns: program, n, silent_s (since one of them was heard of last, the
-- longest)
select program, count(*) as n,
	max(extract(epoch from $2::timestamptz - seen_at))::double precision
		as silent_s
from instance
where netuid = $1 and seen_at >= $3 and left_at is null
group by program
order by program
