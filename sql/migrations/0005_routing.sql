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
