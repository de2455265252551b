-- Violet's form: miners that ask for their work instead of being sent it.

alter table kind drop constraint if exists kind_protocol_check;
alter table kind add constraint kind_protocol_check
	check (protocol in ('native', 'dippy', 'synapse', 'violet'));

-- How many attempts a miner takes at once that does not say.
alter table kind add column pull_capacity integer not null default 1
	check (pull_capacity between 1 and 1000);

-- pulls: as capacity, of the kinds it asks for; polled_at: when it did last;
-- proven_at: when its hotkey signed such a question last, null: never.
alter table miner
	add column pulls jsonb not null default '{}',
	add column polled_at timestamptz,
	add column proven_at timestamptz;

-- Given to somebody who did not prove to be its miner: nobody's score.
alter table attempt add column is_unproven boolean not null default false;

-- Signed requests of the last minute: each is good once, at one instance.
create table violet_nonce (
	netuid integer not null,
	hotkey text not null,
	uuid text not null,
	at timestamptz not null,
	primary key (netuid, hotkey, uuid)
);
create index violet_nonce_old on violet_nonce (at);

-- Which validator has seen which finished task.
create table violet_seen (
	netuid integer not null,
	job_id uuid not null references job on delete cascade,
	validator text not null,
	uid integer,                    -- as it said
	at timestamptz not null,
	primary key (netuid, job_id, validator)
);
create index violet_seen_by on violet_seen (netuid, validator, job_id);
