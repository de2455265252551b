-- Challenges: jobs whose answer we know, made after clients' jobs.

-- How far clients' jobs have been looked at; whoever moves it on, by comparing
-- first, plans what came since.
create table challenge_plan (
	netuid integer primary key,
	seen_to timestamptz not null
);

-- Each that was planned. Its job has the same id, once there is one.
create table challenge (
	id uuid primary key,
	netuid integer not null,
	template uuid not null,         -- the client's job it is to be like
	born_at timestamptz not null,
	due_at timestamptz not null,
	owner uuid,                     -- who is making it
	lease_until timestamptz,
	made_at timestamptz,
	dropped_at timestamptz,
	why text,                       -- it was dropped
	check (made_at is null or dropped_at is null),
	check ((dropped_at is null) = (why is null))
);

create index challenge_open on challenge (netuid, due_at)
	where made_at is null and dropped_at is null;
create index challenge_recent on challenge (netuid, born_at);

-- What of a corpus a challenge was made of: no miner is given it twice.
alter table job add column item text;
create index job_item on job (netuid, item) where item is not null;
