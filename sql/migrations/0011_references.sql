-- What a response is judged against, and how each judgement came about.

-- Rules by which kinds are measured: two more for texts, one for sounds.
alter table kind drop constraint kind_scoring_check;
alter table kind add constraint kind_scoring_check check (scoring in (
	'transcript', 'summary', 'translation', 'speech', 'sound', 'image',
	'none'));

-- The same parameters and seed give the same result at every miner.
alter table kind add column deterministic boolean not null default false;

-- A job that one miner may have and no other; none is told.
alter table job add column only_hotkey text;

alter table judgement
	add column metric text not null default 'none',
	add column reference text not null default 'none'
		check (reference in ('known', 'service', 'audit', 'consensus',
			'none')),
	add column result_sha256 text,    -- of the file, or the text compared
	add column reference_sha256 text, -- likewise; null: no reference
	add column total_ms double precision, -- queue_ms and miner_ms
	add column reason text not null default ''; -- why this number

-- What the attempts of a job that does not know its answer are compared with.
-- They wait for their judgement while it is wanted or asked; with none they
-- are judged without accuracy.
create table reference (
	netuid integer not null,
	job_id uuid not null,
	source text not null check (source in ('service', 'consensus')),
	state text not null check (state in ('wanted', 'asked', 'ready',
		'none')),
	wanted_at timestamptz not null,
	deadline_at timestamptz not null, -- nobody waits any longer
	asked_at timestamptz,
	asked_until timestamptz,        -- who asked is dead if it is still asked
	settled_at timestamptz,
	text text,
	sha256 text,                    -- of the text
	medoid uuid,                    -- consensus: whose text it is,
	agreement double precision,     -- and how like it the majority's are
	outliers jsonb not null default '[]', -- hotkeys far from it
	why text,                       -- there is none
	primary key (netuid, job_id)
);

create index reference_open on reference (netuid, source, state, wanted_at)
	where state in ('wanted', 'asked');

-- Attempts that are done again by a trusted miner, each once for ever, and
-- what came of it: void means that nothing can be said.
create table audit (
	attempt_id uuid primary key,    -- what is looked into
	netuid integer not null,
	kind text not null,
	hotkey text not null,           -- whose work it is
	trusted text not null,          -- who does it again
	job_id uuid not null unique,    -- as what
	at timestamptz not null,
	state text not null default 'running'
		check (state in ('running', 'passed', 'failed', 'void')),
	settled_at timestamptz,
	result_sha256 text,             -- the miner's
	reference_sha256 text,          -- the trusted one's
	why text
);

create index audit_open on audit (netuid, at) where state = 'running';
create index audit_recent on audit (netuid, at);

-- What counts against a miner until it expires; the number of those that have
-- not is what a miner's column said.
create table audit_failure (
	attempt_id uuid primary key,
	netuid integer not null,
	hotkey text not null,
	at timestamptz not null,
	expires_at timestamptz not null,
	reason text not null
);

create index audit_failure_of on audit_failure (netuid, hotkey, expires_at);

insert into audit_failure
select gen_random_uuid(), netuid, hotkey, now(), 'infinity', 'counted before'
from miner, generate_series(1, failed_audits);
alter table miner drop column failed_audits;
