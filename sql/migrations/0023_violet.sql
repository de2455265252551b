-- Violet's form: miners that ask for their work instead of being sent it.

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

-- A job as a task of Violet's, and what its miners brought: assigned, JSON
-- array of uids; asked, attempts; given_us, when the first was, 0: none;
-- answers, JSON array of {id, uid, hotkey, state, type, bytes, json, ms,
-- at_us}, the quickest first; best, an attempt; seen, JSON array of
-- {validator, uid, at_us}.
create view violet_task as
select j.id, j.netuid, j.kind, j.state, j.priority, j.params, j.tenant,
	j.created_at, (extract(epoch from j.created_at) * 1e6)::bigint
		as created_us,
	coalesce((extract(epoch from j.finished_at) * 1e6)::bigint, 0)
		as finished_us,
	j.miners_wanted as wanted, j.miners_min as min, j.input_type,
	coalesce(j.input_bytes, 0) as input_bytes,
	a.assigned, a.asked, a.given_us, a.answers,
	coalesce(j.best_attempt::text, a.answers -> 0 ->> 'id') as best, s.seen
from job j
left join lateral (
	select coalesce(json_agg(t.uid order by t.id), '[]') as assigned,
		count(*) as asked, coalesce((extract(epoch from
			min(t.sent_at)) * 1e6)::bigint, 0) as given_us,
		coalesce(json_agg(json_build_object('id', t.id, 'uid', t.uid,
			'hotkey', t.hotkey, 'state', t.state,
			'type', t.result_type, 'bytes', t.result_bytes,
			'json', t.result_json, 'ms', t.miner_ms,
			'at_us', (extract(epoch from t.received_at)
				* 1e6)::bigint)
			order by t.miner_ms) filter (where
				t.state = 'delivered'), '[]') as answers
	from attempt t
	where t.job_id = j.id) a on true
left join lateral (
	select coalesce(json_agg(json_build_object('validator', v.validator,
		'uid', v.uid, 'at_us', (extract(epoch from v.at)
			* 1e6)::bigint) order by v.at), '[]') as seen
	from violet_seen v
	where v.netuid = j.netuid and v.job_id = j.id) s on true;
