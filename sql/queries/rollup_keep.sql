-- Bring a subnet's roll-ups for dashboards up to date, ten minutes further at most.
-- $1 netuid, $2 now, $3 how long hours are kept, in seconds
-- columns: minutes that were written down; null: somebody else is at it
select rollup_keep($1, $2, make_interval(secs => $3)) as minutes
