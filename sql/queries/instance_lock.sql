-- Hold a lock of an instance's own for as long as its session lasts: when the
-- process dies, PostgreSQL knows at once.
-- $1 id
select pg_advisory_lock_shared(hashtextextended($1, 0))
