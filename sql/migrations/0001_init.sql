-- The suite's tables. Times are timestamptz and written by us, never by the
-- database's clock, so that rows agree with what was measured. Every row
-- carries its netuid; identity is the hotkey, never a uid by itself.

create type job_state as enum ('queued', 'assigned', 'running', 'done',
	'failed', 'expired', 'cancelled');

create type attempt_state as enum ('prepared', 'sent', 'accepted', 'received',
	'delivered', 'failed', 'refused', 'timed_out', 'late', 'cancelled',
	'abandoned');

create type ledger_state as enum ('intended', 'submitted', 'included',
	'finalized', 'proven', 'refused', 'unknown', 'expired');

-- The closed list of reasons, and whose doing each is. Only the miner's side
-- is scored, and all of it is.
create table reason (
	name text primary key,
	side text not null check (side in ('miner', 'us', 'client')),
	help text not null
);

insert into reason values
	('unreachable', 'miner', 'no connection, or it broke before an answer'),
	('refused', 'miner', 'the miner answered the request with an error'),
	('no_result', 'miner', 'accepted, and nothing came before the deadline'),
	('miner_failed', 'miner', 'the miner said that the work failed'),
	('empty_result', 'miner', 'the result has no bytes'),
	('too_large', 'miner', 'the result is larger than its kind allows'),
	('wrong_type', 'miner', 'the result is not of a type its kind allows'),
	('bad_media', 'miner', 'the result does not decode as what it says'),
	('came_late', 'miner', 'the result came after the deadline'),
	('no_miner', 'us', 'no miner could take the job before its deadline'),
	('no_budget', 'us', 'every try failed and the retry budget is spent'),
	('deadline', 'us', 'the deadline came before enough results did'),
	('not_sent', 'us', 'the request could not leave in time'),
	('crashed', 'us', 'the instance that held it died before sending'),
	('no_signature', 'us', 'signerd did not sign the request'),
	('lost_result', 'us', 'the stored result could not be read again'),
	('not_needed', 'us', 'the job ended before this attempt did'),
	('cancelled', 'client', 'the client cancelled the job');

-- What kinds of job there are: data, seeded from the kinds file.
create table kind (
	netuid integer not null,
	name text not null,
	protocol text not null check (protocol in ('native', 'dippy')),
	path text not null,             -- at the miner
	capacity_key text not null,     -- what its /capacity calls this kind
	deadline_ms bigint not null,    -- of a job, unless the client asks less
	attempt_ms bigint not null,     -- of one attempt
	answer_ms bigint not null,      -- for the miner to acknowledge
	retry_budget integer not null,  -- further attempts after failures
	miners_min integer not null,
	miners_wanted integer not null,
	miners_max integer not null check (miners_max between 1 and 10),
	input_types text[] not null,    -- empty: the kind takes no file
	max_input_bytes bigint not null,
	output_types text[] not null,   -- empty: the result is JSON
	max_output_bytes bigint not null,
	params jsonb not null,          -- {"name": {"type", "required", ...}}
	scoring text not null check (scoring in ('transcript', 'speech',
		'image', 'none')),
	primary key (netuid, name)
);

create table job (
	id uuid primary key,
	netuid integer not null,
	kind text not null,
	state job_state not null,
	params jsonb not null,
	expect jsonb,                   -- the known answer; never sent out
	input_sha256 text,
	input_type text,
	input_bytes bigint,
	miners_min integer not null,
	miners_wanted integer not null,
	priority integer not null default 0,
	retries_left integer not null,
	created_at timestamptz not null,
	deadline_at timestamptz not null,
	next_try_at timestamptz,        -- queued: not to be routed before
	tries integer not null default 0,
	lease_owner uuid,
	lease_until timestamptz,
	finished_at timestamptz,
	reason text references reason,
	best_attempt uuid,
	check ((state in ('done', 'failed', 'expired', 'cancelled'))
		= (finished_at is not null)),
	foreign key (netuid, kind) references kind (netuid, name)
);

create index job_open on job (netuid, state, next_try_at)
	where finished_at is null;
create index job_recent on job (netuid, created_at desc);

create table attempt (
	id uuid primary key,
	job_id uuid not null references job on delete cascade,
	netuid integer not null,
	kind text not null,
	hotkey text not null,
	uid integer not null,           -- at the snapshot of its routing
	address text not null,
	state attempt_state not null,
	receipt jsonb not null,         -- why this miner
	prepared_at timestamptz not null,
	deadline_at timestamptz not null,
	sent_at timestamptz,
	accepted_at timestamptz,
	received_at timestamptz,
	finished_at timestamptz,
	reason text references reason,
	queue_ms double precision,      -- ours: accepted to sent
	dispatch_ms double precision,   -- sent to the miner's answer
	miner_ms double precision,      -- sent to the result's arrival
	result_type text,
	result_sha256 text,
	result_bytes bigint,
	result_json jsonb,              -- the miner's JSON output
	measured jsonb,                 -- our own measurements of the result
	judged_at timestamptz,
	unique (job_id, hotkey),
	check ((state in ('delivered', 'failed', 'refused', 'timed_out', 'late',
		'cancelled', 'abandoned')) = (finished_at is not null))
);

create index attempt_open on attempt (netuid, deadline_at)
	where finished_at is null;
create index attempt_unjudged on attempt (netuid, finished_at)
	where finished_at is not null and judged_at is null;
create index attempt_of_hotkey on attempt (netuid, hotkey, finished_at desc);

-- What the orchestrator has seen of each miner.
create table miner (
	netuid integer not null,
	hotkey text not null,
	capacity jsonb not null default '{}',
	probed_at timestamptz,
	is_up boolean not null default false,
	failures double precision not null default 0, -- decaying count
	failures_at timestamptz,
	failed_audits integer not null default 0,
	banned_at timestamptz,
	ban_reason text,
	primary key (netuid, hotkey)
);

-- The validator's verdict on one attempt; one each, for ever.
create table judgement (
	attempt_id uuid primary key references attempt on delete cascade,
	netuid integer not null,
	hotkey text not null,
	kind text not null,
	at timestamptz not null,
	success boolean not null,
	speed double precision,         -- 0..1; null: not measured
	accuracy double precision,      -- 0..1; null: not measured
	detail jsonb not null
);

create index judgement_window on judgement (netuid, at);

-- One scoring round, and what each miner earned in it.
create table score_run (
	id uuid primary key,
	netuid integer not null,
	mecid integer not null default 0,
	epoch bigint not null,
	block bigint not null,          -- of the snapshot it used
	at timestamptz not null,
	policy text not null,
	window_from timestamptz not null,
	unique (netuid, mecid, epoch)
);

create table score_entry (
	run_id uuid not null references score_run on delete cascade,
	netuid integer not null,
	hotkey text not null,
	uid integer not null,
	jobs integer not null,
	successes integer not null,
	latency_p50_ms double precision,
	speed double precision not null,
	accuracy double precision,
	stake_share double precision not null,
	score double precision not null,
	win_rate double precision not null,
	weight double precision not null,
	primary key (run_id, hotkey)
);

create table weight_vector (
	id uuid primary key,
	netuid integer not null,
	mecid integer not null default 0,
	run_id uuid references score_run,
	block bigint not null,
	created_at timestamptz not null,
	taken_at timestamptz,           -- weightsetterd has decided on it
	refusal text                    -- why it was not sent, if it was not
);

create table weight_entry (
	vector_id uuid not null references weight_vector on delete cascade,
	netuid integer not null,
	hotkey text not null,
	uid integer not null,
	weight double precision not null,
	primary key (vector_id, hotkey)
);

-- Every intention to set weights and what became of it.
create table ledger (
	id uuid primary key,
	netuid integer not null,
	mecid integer not null default 0,
	vector_id uuid references weight_vector,
	state ledger_state not null,
	hotkey text not null,
	uids integer[] not null,
	weights integer[] not null,     -- u16, as sent
	version_key bigint not null,
	call text not null,
	nonce bigint,
	era_birth bigint,
	era_death bigint,               -- the first block too late
	extrinsic_hash text,
	intended_at timestamptz not null,
	submitted_at timestamptz,
	included_block bigint,
	included_hash text,
	finalized_block bigint,
	finalized_hash text,
	proven_block bigint,
	proven_hash text,
	ended_at timestamptz,
	reason text
);

-- Never two in flight for one hotkey, whoever asks.
create unique index ledger_one_open on ledger (hotkey) where ended_at is null;
create index ledger_recent on ledger (netuid, intended_at desc);

-- What the chain said, at one finalized block.
create table snapshot (
	netuid integer not null,
	block bigint not null,
	block_hash text not null,
	at timestamptz not null,
	spec_version bigint not null,
	hyper jsonb not null,           -- tempo, weights_rate_limit, ...
	primary key (netuid, block)
);

create table neuron (
	netuid integer not null,
	uid integer not null,
	hotkey text not null,
	coldkey text not null,
	block bigint not null,          -- of the snapshot
	alpha_stake numeric not null,   -- rao
	tao_stake numeric not null,
	total_stake numeric not null,
	validator_permit boolean not null,
	last_update bigint not null,
	address text,                   -- host:port of its commitment
	address_block bigint,
	primary key (netuid, uid),
	unique (netuid, hotkey)
);

-- Live processes: doctor and dashboards ask here.
create table instance (
	id uuid primary key,
	program text not null,
	netuid integer not null,
	started_at timestamptz not null,
	seen_at timestamptz not null,
	url text
);

-- For dashboards: stable views, whatever happens to the tables.
create schema dash_v1;

create view dash_v1.scores as
select r.netuid, r.mecid, r.epoch, r.block, r.at, e.hotkey, e.uid, e.jobs,
	e.successes, e.latency_p50_ms, e.speed, e.accuracy, e.stake_share,
	e.score, e.win_rate, e.weight
from score_run r
join score_entry e on e.run_id = r.id;

create view dash_v1.weights as
select netuid, mecid, state, call, extrinsic_hash, nonce, intended_at,
	submitted_at, included_block, finalized_block, proven_block,
	proven_hash, ended_at, reason
from ledger;

create view dash_v1.jobs as
select id, netuid, kind, state, priority, created_at, finished_at, reason,
	extract(epoch from finished_at - created_at) * 1000 as total_ms
from job;
