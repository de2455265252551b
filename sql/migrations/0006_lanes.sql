-- What a miner has earned of what it says it takes at once of a kind: slots.
-- Written by all instances of orchestratord together.
create table lane (
	netuid integer not null,
	hotkey text not null,
	capacity_key text not null,
	earned double precision not null,
	at timestamptz not null,
	primary key (netuid, hotkey, capacity_key)
);

-- Failures in a row; after so many the miner is out for a while, longer each
-- time until it delivers something. down_at: since when it answers no probe.
alter table miner
	add column streak integer not null default 0,
	add column ejections integer not null default 0,
	add column ejected_at timestamptz,
	add column ejected_until timestamptz,
	add column down_at timestamptz;

-- Instances share the miners' slots. joined_at: as new as that is its share;
-- roster: a hash of those it reckons with; left_at: it takes part no more.
alter table instance
	add column joined_at timestamptz,
	add column roster text,
	add column left_at timestamptz;

-- Who made an attempt: it is of that instance's share.
alter table attempt add column instance uuid;
