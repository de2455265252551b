-- Webhooks: who is told when a job has ended, and what is left to be told.

-- An endpoint of a tenant; without a URL: the secret that signs what goes to
-- the URLs that its jobs name. Secrets are sealed under a key that the
-- database never sees; the one before signs, too, until old_until.
create table webhook (
	id uuid primary key,
	netuid integer not null,
	tenant text collate "C" not null,
	url text,
	secret text not null,
	old_secret text,
	old_until timestamptz,
	events text[] not null,         -- empty: all
	created_at timestamptz not null,
	disabled_at timestamptz,        -- it is told nothing any more
	why text,
	check ((disabled_at is null) = (why is null)),
	check ((old_secret is null) = (old_until is null))
);

create index webhook_of_tenant on webhook (netuid, tenant)
	where url is not null and disabled_at is null;
create unique index webhook_unnamed on webhook (netuid, tenant)
	where url is null;

-- Where the end of this job is told, beside the tenant's endpoints.
alter table job add column webhook_url text;
-- Whose members its message has beside the standard's; null: nobody's.
alter table job add column webhook_form text;

-- The outbox: a row a message and receiver, written with the end of its job.
-- Whoever claims it has it until next_try_at, and has counted the try. No
-- foreign keys: a job that ends waits for no row of another table.
create table webhook_delivery (
	id uuid primary key default gen_random_uuid(),
	netuid integer not null,
	tenant text collate "C" not null,
	webhook uuid,                   -- null: the job named the URL
	url text not null,
	receiver text collate "C" not null, -- host and port of the URL
	event text not null,
	job_id uuid,                    -- null: a test
	created_at timestamptz not null,
	tries integer not null default 0,
	next_try_at timestamptz not null,
	status integer,                 -- of the last answer; null: none
	why text,                       -- it was not taken
	ended_at timestamptz,
	delivered boolean not null default false,
	check (ended_at is not null or not delivered)
);

create index webhook_due on webhook_delivery (netuid, receiver, next_try_at)
	where ended_at is null;
create index webhook_waits on webhook_delivery (netuid, created_at)
	where ended_at is null;
create index webhook_ended on webhook_delivery (netuid, ended_at)
	where ended_at is not null;
create index webhook_log on webhook_delivery (netuid, tenant, webhook,
	created_at desc);

create view dash_v1.webhook_deliveries as
select id, netuid, tenant, webhook, receiver, event, job_id, created_at, tries,
	next_try_at, status, why, ended_at, delivered
from webhook_delivery;
