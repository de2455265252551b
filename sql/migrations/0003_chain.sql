-- What a subnet is, completely: neurons with their axons and standing, who
-- came and went, what was committed, what validators set.
--
-- A row here is written when it changes and not at each snapshot: its block
-- (read_block where the chain has a block of its own) is that of the snapshot
-- it last changed in. When it was last looked at says the newest snapshot.

alter table neuron
	add column active boolean,
	add column axon_ip inet,          -- null: it serves nowhere
	add column axon_port integer,
	add column axon_protocol integer,
	add column axon_version bigint,
	add column axon_block bigint,
	add column trust integer,         -- of 65535, as the next three
	add column consensus integer,
	add column incentive integer,
	add column dividends integer,
	add column emission numeric,      -- rao a tempo
	add column registered_block bigint; -- null: the runtime does not say

-- Each change of a uid between two snapshots, once: what lies between them
-- is not seen. Who came with the first snapshot of all is no change.
create table neuron_change (
	netuid integer not null,
	block bigint not null,          -- of the snapshot that shows it
	after_block bigint not null,    -- of the one before
	at timestamptz not null,
	uid integer not null,
	kind text not null check (kind in ('registered', 'replaced', 'left')),
	old_hotkey text,
	new_hotkey text,
	primary key (netuid, block, uid),
	check ((kind = 'registered') = (old_hotkey is null)),
	check ((kind = 'left') = (new_hotkey is null))
);

create index neuron_change_of_old on neuron_change (netuid, old_hotkey);
create index neuron_change_of_new on neuron_change (netuid, new_hotkey);

-- What accounts committed to a subnet, registered there or not.
create table commitment (
	netuid integer not null,
	hotkey text not null,
	read_block bigint not null,
	block bigint,                   -- it was made in
	deposit numeric,                -- rao
	fields jsonb,                   -- [{"Raw5": "0x.."}, {"None": null}]
	text text,                      -- of the first raw field
	hash text,                      -- the first hash field, 0x hex
	reveal_round numeric,           -- of the first timelocked field
	address text,                   -- if its text is a host and a port
	data text,                      -- what did not decode, 0x hex
	decode_error text,              -- and why
	primary key (netuid, hotkey),
	check ((data is null) = (decode_error is null))
);

-- What the beacon has opened of timelocked commitments.
create table revealed_commitment (
	netuid integer not null,
	hotkey text not null,
	read_block bigint not null,
	revealed jsonb,                 -- [{"block", "data", "text"}]
	data text,                      -- what did not decode, 0x hex
	decode_error text,
	primary key (netuid, hotkey),
	check ((data is null) = (decode_error is null))
);

-- What validators with a permit set, we among them; none: no row.
create table validator_weights (
	netuid integer not null,
	mecid integer not null,
	uid integer not null,
	hotkey text not null,
	block bigint not null,
	weights jsonb not null,         -- [[uid, weight of 65535], ...]
	primary key (netuid, mecid, uid)
);

create view dash_v1.neurons as
select n.netuid, n.uid, n.hotkey, n.coldkey, n.block as changed_block,
	s.block as seen_block, s.at as seen_at, n.active, n.validator_permit,
	n.alpha_stake, n.tao_stake, n.total_stake, n.trust, n.consensus,
	n.incentive, n.dividends, n.emission, n.last_update,
	n.registered_block, host(n.axon_ip) as axon_ip, n.axon_port,
	n.axon_protocol, n.axon_version, n.axon_block, n.address,
	n.address_block
from neuron n
left join lateral (
	select block, at from snapshot
	where snapshot.netuid = n.netuid
	order by block desc
	limit 1) s on true;

comment on view dash_v1.neurons is
	'The neurons of each subnet at the newest snapshot. Stakes and '
	'emission are rao; trust, consensus, incentive and dividends are of '
	'65535. changed_block: the snapshot this row last changed in; '
	'seen_block: the newest one.';

create view dash_v1.neuron_changes as
select netuid, block, after_block, at, uid, kind, old_hotkey, new_hotkey
from neuron_change;

comment on view dash_v1.neuron_changes is
	'Who took a uid (registered, replaced) and who lost it (replaced, '
	'left), seen between the snapshots after_block and block.';

create view dash_v1.commitments as
select netuid, hotkey, read_block as changed_block, block, deposit, fields,
	text, hash, reveal_round, address, data, decode_error
from commitment;

comment on view dash_v1.commitments is
	'What accounts committed to a subnet. fields: each by its variant; '
	'text, hash, reveal_round: of the first field of that sort; data and '
	'decode_error: what could not be read, and why.';

create view dash_v1.revealed_commitments as
select netuid, hotkey, read_block as changed_block, revealed, data,
	decode_error
from revealed_commitment;

comment on view dash_v1.revealed_commitments is
	'What the beacon has opened of timelocked commitments, oldest first '
	'as the chain keeps them.';

create view dash_v1.validator_weights as
select w.netuid, w.mecid, w.uid as validator_uid,
	w.hotkey as validator_hotkey, w.block as changed_block,
	(pair ->> 0)::integer as uid, n.hotkey, (pair ->> 1)::integer as weight
from validator_weights w
cross join jsonb_array_elements(w.weights) as pair
left join neuron n on n.netuid = w.netuid
	and n.uid = (pair ->> 0)::integer;

comment on view dash_v1.validator_weights is
	'What each validator with a permit gives each uid, of 65535, as the '
	'chain stores it; hotkey is who holds the uid now. Read once an epoch '
	'and when a validator has set weights.';
