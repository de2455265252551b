-- End the sessions of dashboards whose transaction began before a time,
-- whatever they told their session: it keeps dead rows of every table.
-- $1 before
-- columns: n, how many there were; may_see, false: other roles' sessions are
-- shown without their times, so that there seem to be none
select (
		select count(*) filter (where pg_terminate_backend(pid))
		from pg_stat_activity
		where usename = 'dash_reader'
			and datname = current_database()
			and xact_start < $1) as n,
	coalesce((
		select pg_has_role(oid, 'usage')
			or pg_has_role('pg_read_all_stats', 'usage')
		from pg_roles
		where rolname = 'dash_reader'), true) as may_see
