-- What of PostgreSQL's own settings a promise of ours stands on.
-- columns: fsync, full_page_writes, synchronous_commit, autovacuum,
-- default_transaction_isolation, default_transaction_read_only, is_replica,
-- version, free (connections that are left; whose they are and what they do
-- needs pg_monitor, and is null without it), oldest_s (the oldest
-- transaction's age), oldest_pid, oldest_who, bytes (of the database)
select current_setting('fsync') as fsync,
	current_setting('full_page_writes') as full_page_writes,
	current_setting('synchronous_commit') as synchronous_commit,
	current_setting('autovacuum') as autovacuum,
	current_setting('default_transaction_isolation')
		as default_transaction_isolation,
	current_setting('default_transaction_read_only')
		as default_transaction_read_only,
	pg_is_in_recovery() as is_replica,
	current_setting('server_version_num')::integer as version,
	current_setting('max_connections')::integer
		- current_setting('superuser_reserved_connections')::integer
		- (select count(*) from pg_stat_activity
			where datid is not null and coalesce(backend_type,
				'client backend') = 'client backend') as free,
	coalesce(extract(epoch from clock_timestamp() - o.xact_start), 0)
		::double precision as oldest_s,
	coalesce(o.pid, 0) as oldest_pid,
	coalesce(o.usename::text, '') as oldest_who,
	pg_database_size(current_database()) as bytes
from (values (1)) as one
left join lateral (
	select pid, usename, xact_start
	from pg_stat_activity
	where datname = current_database() and xact_start is not null
		and pid <> pg_backend_pid()
		and backend_type = 'client backend'
	order by xact_start
	limit 1) o on true
