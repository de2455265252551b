-- The oldest snapshot or transaction that somebody holds, beside which no dead
-- row is cleaned up; the database's size, and its clock. What vacuum holds is
-- in nobody's way.
-- columns: xmin (null: nobody holds one), transactions (since it was new),
-- since_us (null: we may not see when it was taken), bytes, now_us
with held as (
	select coalesce(backend_xmin, backend_xid) as xmin, xact_start as since
	from pg_stat_activity
	where pid <> pg_backend_pid()
		and backend_type is distinct from 'autovacuum worker'
		and (datname = current_database() or datname is null)
	union all
	select transaction, prepared
	from pg_prepared_xacts
	where database = current_database()
	union all
	select xmin, null
	from pg_replication_slots
), oldest as (
	select xmin, age(xmin) as transactions, since
	from held
	where xmin is not null
	order by age(xmin) desc
	limit 1
)
select o.xmin::text as xmin, coalesce(o.transactions, 0) as transactions,
	(extract(epoch from o.since) * 1e6)::bigint as since_us,
	pg_database_size(current_database()) as bytes,
	(extract(epoch from clock_timestamp()) * 1e6)::bigint as now_us
from (select) one
left join oldest o on true
