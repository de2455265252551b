-- Whose jobs wait: tenants take turns, each in the order of its own jobs.

alter table job
	add column tenant text collate "C" not null default '',
	add column paid boolean not null default false; -- claimed, its turn spent

-- What an operator has said of a tenant; none: weight 1.
create table tenant (
	netuid integer not null,
	name text collate "C" not null,
	weight integer not null default 1 check (weight between 1 and 1000),
	primary key (netuid, name)
);

-- Where tenants stand whose jobs of a kind wait: miners they may still be
-- given before the next round. No row: none. A kind has turns of its own, as
-- miners that are free for one are not for another.
create table tenant_turn (
	netuid integer not null,
	kind text not null,
	tenant text collate "C" not null,
	deficit bigint not null,
	primary key (netuid, kind, tenant)
);

-- Each tenant's jobs in their order, and the next tenant behind any of them.
drop index job_queue;
create index job_turn on job (netuid, kind, tenant, rank_at, id)
	where state = 'queued';
