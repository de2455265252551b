-- Posts as a scoring round saw them, so that it can be made again, and what
-- each gave. Of rounds by a policy of fold = engagement.
create table run_post (
	run_id uuid not null references score_run on delete cascade,
	hotkey text not null,
	content text not null,          -- "instagram/reel:ID"
	barred text,                    -- why it cannot count; null: it may
	listed boolean not null,
	gone boolean not null,
	owned boolean not null,
	ai double precision,            -- null, here and below: not known
	illicit double precision,
	bots double precision,
	bots_confidence double precision,
	followers double precision,
	published_us bigint,            -- microseconds since 1970
	claimed_us bigint,
	observed integer not null,      -- times, in what counts
	waiting double precision not null,  -- points: gained, and still delayed
	gained double precision not null,   -- in the window
	spike double precision not null,    -- of it: in spikes
	crowd double precision not null,    -- more than the followers reach
	thin double precision not null,     -- at too few or many likes
	value double precision not null,    -- what is left
	debt double precision not null,     -- lost since
	why text,                       -- what took all or most of it; null
	gave double precision not null, -- to its hotkey, less what it owes
	primary key (run_id, hotkey, content)
);

create view dash_v1.post_scores as
select r.netuid, r.mecid, r.epoch, r.at, p.hotkey, p.content, p.gave, p.why,
	p.gained, p.waiting, p.spike, p.crowd, p.thin, p.value, p.debt,
	p.listed, p.gone, p.owned, p.ai, p.illicit, p.bots, p.followers
from run_post p
join score_run r on r.id = p.run_id;

comment on view dash_v1.post_scores is
	'What each post gave its hotkey in each round, in points, and a word for '
	'what took all or most of it. gained, in the window; waiting, since, and '
	'still delayed; spike, crowd and thin: of gained, what did not count; '
	'value: what is left; debt: lost since, and taken from the hotkey.';
