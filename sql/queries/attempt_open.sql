-- How many attempts of an instance are under way.
-- $1 instance, $2 netuid
-- columns: open
select count(*) as open
from attempt
where netuid = $2 and finished_at is null and instance = $1
