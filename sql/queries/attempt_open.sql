-- How many attempts of an instance are under way.
-- (ordered: so the index of deadlines is the one to be used, miner_open.sql)
-- $1 instance, $2 netuid
-- columns: open
select count(*) as open
from (
	select from attempt
	where netuid = $2 and finished_at is null and instance = $1
	order by deadline_at) a
