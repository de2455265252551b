-- What routers drew from: receipts name it by its hash, and with it anybody can
-- draw again.
create table route_table (
	netuid integer not null,
	id text not null,               -- of the body: 32 hex digits of SHA-256
	made_at timestamptz not null,
	body text not null,             -- orchestrator/route_text.h
	primary key (netuid, id)
);

-- Receipts are kept as they were written; nothing looks into them here.
alter table attempt alter column receipt type json;

-- What is written for every job costs no look at other tables: an attempt comes
-- with its job in one statement, kinds are never deleted, and history is to be
-- dropped by the month.
alter table job drop constraint job_netuid_kind_fkey;
alter table attempt drop constraint attempt_job_id_fkey;
alter table job drop constraint job_redrive_of_key;
create unique index job_redriven on job (redrive_of)
	where redrive_of is not null;

-- What the sweep looks for: open jobs past their deadline, and those at miners.
drop index job_open;
create index job_open on job (netuid, state, deadline_at)
	where finished_at is null;
