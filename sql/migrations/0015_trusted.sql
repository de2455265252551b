-- A trusted miner's text as the reference of a job that others did: the same
-- job is done again by one that was not among its miners.
alter table reference drop constraint reference_source_check;
alter table reference add constraint reference_source_check check (source in (
	'service', 'audit', 'consensus'));

alter table reference
	add column trusted text,        -- whom it was given to,
	add column audit_job uuid unique; -- as this job; null: to nobody

-- So many of an hour's audits are used up by them.
create index reference_given on reference (netuid, asked_at)
	where audit_job is not null;
