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
