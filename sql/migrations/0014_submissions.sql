-- Models that miners commit to on chain and that a service outside scores.

-- The newest one of each hotkey. A new text is a new submission, of which
-- nothing is known; the block is its commitment's.
create table submission (
	netuid integer not null,
	hotkey text not null,
	text text not null,             -- as committed
	block bigint not null,
	seen_at timestamptz not null,   -- the text, by us
	wrong text,                     -- the rule it breaks; null: none
	repo text,                      -- "namespace/name"
	hash text,                      -- 16 hex digits
	query text,                     -- the service is asked with
	state text not null default 'unasked' check (state in ('unasked',
		'unknown', 'queued', 'precheck', 'running', 'completed',
		'failed')),
	status text,                    -- the service's word
	score double precision,         -- of a completed one
	asked_at timestamptz,           -- last
	answered_at timestamptz,        -- last; what is known is of then
	why text,                       -- no answer to what was asked since
	primary key (netuid, hotkey),
	check (wrong is not null
		or (repo is not null and hash is not null
			and query is not null)),
	check ((state = 'completed') = (score is not null)),
	check ((state = 'unasked') = (answered_at is null))
);

-- The neurons as a round saw them: state null, none.
alter table run_miner
	add column submission_state text,
	add column submission_score double precision,
	add column submission_block bigint,
	add column submission_at timestamptz,
	add column submission_hash text,
	add column submission_repo text;

create view dash_v1.submissions as
select netuid, hotkey, text, block, seen_at, wrong, repo, state, status, score,
	asked_at, answered_at, why
from submission;

comment on view dash_v1.submissions is
	'The newest model each hotkey committed to, and what the service that '
	'scores them said of it last (answered_at). wrong: the rule that the '
	'text breaks; why: what came instead of an answer since.';
