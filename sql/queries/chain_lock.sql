-- One snapshot of a subnet is written down at a time, whoever reads it.
-- $1 netuid
select pg_advisory_xact_lock(hashtext('subnetd snapshot'), $1::integer)
