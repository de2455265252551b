-- API keys: who may ask, for what, and how much; and requests that may be
-- sent twice.

create table api_key (
	id text collate "C" primary key,
	netuid integer not null,        -- it is good for this subnet
	hash text not null,             -- SHA-256 of the secret, in hex
	name text not null,             -- for people
	role text not null check (role in ('client', 'miner', 'validator',
		'operator', 'admin')),
	tenant text collate "C" not null, -- whose jobs its jobs are
	created_at timestamptz not null,
	created_by text,                -- a key; null: an operator's hand
	expires_at timestamptz,         -- null: never
	revoked_at timestamptz,
	last_used_at timestamptz        -- written seldom: a minute behind
);

create index api_key_recent on api_key (netuid, created_at desc, id);

-- How many jobs a key may order in a time, of a kind or ('*') of any.
create table key_quota (
	key_id text collate "C" not null references api_key on delete cascade,
	kind text not null,
	jobs integer not null check (jobs >= 1),
	window_s integer not null check (window_s between 1 and 2678400),
	primary key (key_id, kind)
);

-- What it has used of it in the window that began last.
create table key_use (
	key_id text collate "C" not null,
	kind text not null,
	began_at timestamptz not null,
	used integer not null,
	primary key (key_id, kind),
	foreign key (key_id, kind) references key_quota on delete cascade
);

-- What a client has named by an Idempotency-Key: the first request of that
-- name makes the job, the others are answered as it was. No job: it is being
-- worked on, or whoever did so has died.
create table idempotency (
	netuid integer not null,
	key_id text collate "C" not null, -- of the API key; '': none was asked
	name text collate "C" not null,
	fingerprint text not null,      -- of what was asked for
	claim uuid not null,            -- of the request that has it
	instance uuid not null,         -- which works on it
	claimed_at timestamptz not null,
	job_id uuid,
	primary key (netuid, key_id, name)
);

create index idempotency_age on idempotency (netuid, claimed_at);
