-- A job as a task of Violet's (migrations/0022_violet.sql says what its columns
-- are).
-- $1 id, $2 netuid, $3 whose it must be; null: anybody's
-- columns: those of violet_task
-- (+ 0: found by its id, whatever is known of the tables yet)
select *
from violet_task
where id = $1 and netuid + 0 = $2 and ($3::text is null or tenant = $3)
