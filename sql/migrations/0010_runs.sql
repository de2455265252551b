-- What a scoring round was made of, so that anybody can make it again.

-- Policies as they were, by their text's hash.
create table policy (
	sha256 text primary key,
	name text not null,
	text text not null,
	first_at timestamptz not null
);

alter table judgement
	add column source job_source not null default 'client',
	add column ended_at timestamptz,        -- the attempt's end
	add column miner_ms double precision,   -- the miner's part; null: unknown
	-- Who wrote the row: a round is of what could be seen when it was read.
	add column txid xid8 not null default pg_current_xact_id();

update judgement j set source = b.source, ended_at = a.finished_at,
	miner_ms = (j.detail ->> 'miner_ms')::double precision
from attempt a
join job b on b.id = a.job_id
where a.id = j.attempt_id;

update judgement set ended_at = at where ended_at is null;
alter table judgement alter column ended_at set not null;

alter table score_run
	add column policy_sha256 text references policy,
	add column seen pg_snapshot,     -- what the round could see
	add column events bigint,        -- judgements in it
	add column inputs_sha256 text;   -- of the round as text

-- The neurons as the round saw them.
create table run_miner (
	run_id uuid not null references score_run on delete cascade,
	hotkey text not null,
	coldkey text not null,
	uid integer not null,
	alpha double precision not null, -- not rao
	block bigint,                    -- of its commitment
	since_at timestamptz,            -- registered; null: before we looked
	serves boolean not null,
	banned boolean not null,
	failed_audits integer not null,
	previous double precision not null,  -- weight proven last, of 1
	consensus double precision not null, -- of 1
	before double precision not null,    -- its score in the round before
	primary key (run_id, hotkey)
);

alter table score_entry
	alter column speed drop not null,       -- null: not measured
	alter column win_rate drop not null,    -- null: none; out says why
	add column wins integer,
	add column out text;                    -- why it is out of the comparison
