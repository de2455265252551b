-- How each of the chain's endpoints did, minute by minute; and what draws of
-- miners came to against what they were to come to.

-- Written by weightsetterd, which asks them. The endpoint is a scheme, a host
-- and a port: what else stands in its URL may be a secret.
create table endpoint_weather (
	netuid integer not null,        -- of whoever asked
	at timestamptz not null,
	endpoint text not null,
	is_up boolean not null,         -- connected and in step
	is_in_use boolean not null,     -- the chain is read and written by it
	is_distrusted boolean not null, -- it was caught lying
	lag_blocks bigint not null,     -- behind the others
	latency_ms double precision,    -- null: not known
	answered bigint not null,       -- in the minute before, as the next two
	limited bigint not null,        -- it said that it was asked too much
	failed bigint not null,
	primary key (netuid, at, endpoint)
);

-- Written by all instances of orchestratord together. A job without a key of
-- its own that no miner has had yet falls, at its first draw, on one of those
-- that may be drawn; each of them with the chance that its weight gives it.
create table route_share (
	netuid integer not null,
	at timestamptz not null,        -- the hour
	capacity_key text not null,     -- what miners call the kind
	hotkey text not null,
	uid integer not null,           -- when it was drawn from last
	draws bigint not null,          -- that it was among
	expected double precision not null, -- the sum of its chances,
	variance double precision not null, -- and the variance of that
	drawn bigint not null,          -- that fell on it
	primary key (netuid, at, capacity_key, hotkey)
);

create view dash_v1.endpoint_weather as
select netuid, at, endpoint, is_up, is_in_use, is_distrusted, lag_blocks,
	latency_ms, answered, limited, failed
from endpoint_weather;

comment on view dash_v1.endpoint_weather is
	'How each of the chain''s endpoints stood, minute by minute, of the last '
	'week: blocks behind the others, time to an answer, and how many answers '
	'and failures there were in that minute.';

create view dash_v1.endpoints as
select distinct on (netuid, endpoint) netuid, endpoint, at, is_up, is_in_use,
	is_distrusted, lag_blocks, latency_ms
from endpoint_weather
order by netuid, endpoint, at desc;

comment on view dash_v1.endpoints is
	'The newest of dash_v1.endpoint_weather for each endpoint.';

create view dash_v1.routing_shares as
select netuid, at, capacity_key, hotkey, uid, draws, expected, drawn,
	greatest(expected - 2.576 * sqrt(variance), 0) as low,
	expected + 2.576 * sqrt(variance) as high,
	drawn between floor(greatest(expected - 2.576 * sqrt(variance), 0))
		and ceil(expected + 2.576 * sqrt(variance)) as is_within
from route_share;

comment on view dash_v1.routing_shares is
	'Hour by hour, of the first draws of jobs that a miner was among: how '
	'many were expected to fall on it, how many did, and between what they '
	'lie in 99 hours of 100 if the draw is fair. Whom a draw falls on may be '
	'full, and the job go to another: what came of it says '
	'dash_v1.miner_work.';
