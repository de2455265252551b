-- End the sessions of dashboards whose transaction began before a time,
-- whatever they told their session: it keeps dead rows of every table.
-- $1 before
-- columns: n, how many there were
select count(*) filter (where pg_terminate_backend(pid)) as n
from pg_stat_activity
where usename = 'dash_reader' and datname = current_database()
	and xact_start < $1
