-- One migration at a time; held until the connection ends.
-- $1 the lock's number
select pg_advisory_lock($1::bigint)
