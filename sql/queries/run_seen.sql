-- What this moment can see.
-- columns: seen
select pg_current_snapshot()::text as seen
