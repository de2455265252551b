-- Weights that are committed first and revealed later; vectors by hand and
-- vectors sent again; how each setter stands.

alter type ledger_state add value 'committed' after 'finalized';

alter table ledger
	add column action text not null default 'set'
		check (action in ('set', 'timelock', 'commit', 'reveal')),
	add column spec_version bigint,  -- of the runtime it was signed for
	add column reveal_round bigint,  -- timelock: the beacon's
	add column reveal_block bigint,  -- when that was expected
	add column commit_epoch bigint,  -- it was counted to
	add column commit_hash text,     -- of the commit, or of the ciphertext
	add column salt integer[],       -- commit and reveal
	add column reveals uuid references ledger; -- the commit a reveal opens

-- Never two in flight for one hotkey; a commit that the chain keeps until its
-- reveal is not in flight any more.
drop index ledger_one_open;
create unique index ledger_one_open on ledger (hotkey)
	where state in ('intended', 'submitted', 'included', 'finalized',
		'unknown');
create index ledger_not_ended on ledger (hotkey) where ended_at is null;

alter table weight_vector
	add column source text not null default 'validator'
		check (source in ('validator', 'operator', 'again', 'fallback')),
	add column accepted_at timestamptz, -- by hand, whatever the churn
	add column origin uuid references weight_vector; -- again: whose entries

-- How a setter stood at the last head it looked at; one row each.
create table setter (
	netuid integer not null,
	mecid integer not null,
	hotkey text not null,
	block bigint not null,
	at timestamptz not null,
	call text,                      -- weights would be sent by; null: none
	last_update bigint not null,    -- of our uid; 0: never
	next_block bigint not null,     -- the first the rate limit lets in
	tempos_behind double precision, -- null: not registered
	committed integer not null,     -- rows that wait for their reveal
	vector_id uuid,                 -- what waits
	waits_for text,                 -- why it does
	until_block bigint,             -- if that is known
	alarm text,                     -- what a person must look at
	primary key (netuid, mecid)
);

create or replace view dash_v1.weights as
select netuid, mecid, state, call, extrinsic_hash, nonce, intended_at,
	submitted_at, included_block, finalized_block, proven_block,
	proven_hash, ended_at, reason, action, reveal_round, reveal_block,
	commit_epoch
from ledger;

create view dash_v1.setters as
select netuid, mecid, hotkey, block, at, call, last_update, next_block,
	tempos_behind, committed, waits_for, until_block, alarm
from setter;
