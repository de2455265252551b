-- What a hotkey has locked on chain, and what clients paid for tasks it did.

-- Alpha locked towards the hotkey, in rao, as it stands at the snapshot it was
-- read in: chain locks that decay are carried to that block. Null: not read
-- yet, or the runtime has no locks.
alter table neuron
	add column locked numeric,      -- by whomever
	add column locked_own numeric;  -- of it, by the neuron's own coldkey

alter table snapshot
	add column has_locks boolean not null default false; -- read in this one

-- The neurons as a round saw them; alpha, not rao. paid: what clients paid the
-- hotkey for tasks within the round's window.
alter table run_miner
	add column locked double precision,     -- null: not known
	add column locked_own double precision, -- null: not known
	add column paid double precision not null default 0;

-- What clients would pay posts for.
create table organic_task (
	id uuid primary key,
	netuid integer not null,
	title text not null check (title <> ''),
	brief text not null default '',
	platform text,                  -- as "tiktok/video"; null: any
	reward numeric not null check (reward >= 0), -- offered for it
	created_at timestamptz not null,
	closes_at timestamptz,          -- null: open until further notice
	created_by text not null check (created_by <> '')
);
create index organic_task_recent on organic_task (netuid, created_at desc);

-- Clients' payments of tasks. A row is never changed: what was wrong is made
-- good by another with a negative amount. Amounts are in the one unit that the
-- subnet counts in.
create table feedback_event (
	id uuid primary key,
	netuid integer not null,
	task_id uuid not null references organic_task,
	hotkey text not null,
	amount numeric not null check (amount <> 0
		and amount <> 'NaN' and abs(amount) < 1e15),
	at timestamptz not null,        -- it was written down
	by_whom text not null check (by_whom <> ''),
	reference text,                 -- the payment's own name, as an invoice's
	unique (netuid, reference)      -- and so it is counted once
);
create index feedback_event_window on feedback_event (netuid, at);
create index feedback_event_task on feedback_event (task_id);

create function feedback_event_stays() returns trigger
language plpgsql as $$
begin
	raise exception 'feedback_event is append-only';
end
$$;

create trigger feedback_event_stays
before update or delete or truncate on feedback_event
for each statement execute function feedback_event_stays();

create or replace view dash_v1.neurons as
select n.netuid, n.uid, n.hotkey, n.coldkey, n.block as changed_block,
	s.block as seen_block, s.at as seen_at, n.active, n.validator_permit,
	n.alpha_stake, n.tao_stake, n.total_stake, n.trust, n.consensus,
	n.incentive, n.dividends, n.emission, n.last_update,
	n.registered_block, host(n.axon_ip) as axon_ip, n.axon_port,
	n.axon_protocol, n.axon_version, n.axon_block, n.address,
	n.address_block, n.locked, n.locked_own
from neuron n
left join lateral (
	select block, at from snapshot
	where snapshot.netuid = n.netuid
	order by block desc
	limit 1) s on true;

comment on view dash_v1.neurons is
	'The neurons of each subnet at the newest snapshot. Stakes, locks and '
	'emission are rao; trust, consensus, incentive and dividends are of '
	'65535. changed_block: the snapshot this row last changed in; '
	'seen_block: the newest one. locked: alpha locked towards the hotkey, '
	'locked_own: of it, by its own coldkey.';

create view dash_v1.organic_tasks as
select t.netuid, t.id, t.title, t.brief, t.platform, t.reward, t.created_at,
	t.closes_at, t.created_by, coalesce(p.payments, 0) as payments,
	coalesce(p.paid, 0) as paid
from organic_task t
left join (
	select task_id, count(*) as payments, sum(amount) as paid
	from feedback_event
	group by task_id) p on p.task_id = t.id;

comment on view dash_v1.organic_tasks is
	'What clients would pay posts for, and what they have paid so far.';

create view dash_v1.payments as
select netuid, id, task_id, hotkey, amount, at, by_whom, reference
from feedback_event;

comment on view dash_v1.payments is
	'Clients'' payments of tasks, by the hotkey that was paid; a negative '
	'amount makes good what was wrong.';
