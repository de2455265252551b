-- Miners' posts: what gists claim, what services say of it, and what was
-- measured of each post, bucket by bucket. A bucket is a stretch of blocks, so
-- that whoever looks at the same chain means the same hour.

-- The chain's, 64 hex digits: what is claimed is signed for one chain.
alter table snapshot add column genesis text;

-- The gist each hotkey commits to, and how reading it went. What it listed
-- when it was last read stands while it is away.
create table gist (
	netuid integer not null,
	hotkey text not null,
	text text not null,             -- as committed, "user:gist_id"
	block bigint not null,          -- of the commitment
	seen_at timestamptz not null,   -- the text, by us
	wrong text,                     -- the rule it breaks; null: none
	state text not null default 'unasked' check (state in ('unasked', 'read',
		'gone', 'unavailable')),
	etag text,
	sha256 text,                    -- of what was read last
	due_bucket bigint not null default 0, -- not to be read before
	asked_at timestamptz,           -- last
	answered_at timestamptz,        -- last, whatever it said
	gones integer not null default 0, -- in a row
	gone_bucket bigint,             -- of the first of them
	why text,                       -- it is gone or unavailable
	primary key (netuid, hotkey)
);

-- Lines that are no claims, of the gist as it was read last. Line 0: the whole.
create table gist_fault (
	netuid integer not null,
	hotkey text not null,
	line integer not null,
	why text not null,
	primary key (netuid, hotkey, line),
	foreign key (netuid, hotkey) references gist on delete cascade
);

-- Posts that are claimed, whoever claims them; measured once for all.
create table post (
	id bigint generated always as identity primary key,
	netuid integer not null,
	site text not null,             -- "instagram"
	content_id text not null,       -- in its canonical form
	platform text not null,         -- "instagram/reel", as first claimed
	first_at timestamptz not null,
	owner text,                     -- its account, as the platform says
	published_at timestamptz,       -- likewise
	due_bucket bigint not null default 0, -- not to be measured before
	asked_at timestamptz,           -- the tracker, last
	bucket bigint,                  -- measured in last
	measured integer not null default 0, -- times
	gones integer not null default 0, -- in a row
	gone_bucket bigint,             -- of the first of them
	is_gone boolean not null default false, -- for ever
	away text,                      -- why it could not be measured since
	unique (netuid, site, content_id)
);
create index post_due on post (netuid, due_bucket) where not is_gone;

-- What a hotkey claims to have posted; a row is never deleted. Its state:
--   new        nothing has been measured yet
--   held       it counts
--   unproven   the post does not carry the hotkey's code or tag
--   duplicate  somebody claimed it before
--   account    its account is another hotkey's, or this one has another
--   copy       of a post claimed before, by its perceptual hash
--   expired    the signed claim's time is over
--   gone       the platform has not got it any more
--   unlisted   the gist does not list it any more
create table post_claim (
	id bigint generated always as identity primary key,
	netuid integer not null,
	hotkey text not null,
	post_id bigint not null references post,
	platform text not null,
	line integer not null,          -- of the gist
	media_url text,                 -- the miner's own file
	account text,                   -- as signed; null, here and below: by
					-- tag alone
	nonce text,
	code text,                      -- that the caption must have
	expires_at timestamptz,
	signature text,
	block bigint not null,          -- of the snapshot that showed it first
	bucket bigint not null,         -- likewise: what was before is nobody's
	first_at timestamptz not null,
	is_listed boolean not null default true,
	is_proven boolean,              -- null: not looked at yet
	proven_bucket bigint,           -- since when it is
	unproven_why text,
	state text not null default 'new' check (state in ('new', 'held',
		'unproven', 'duplicate', 'account', 'copy', 'expired', 'gone',
		'unlisted')),
	why text,                       -- a sentence
	by_hotkey text,                 -- who has it: duplicate, account, copy
	changes integer not null default 0, -- of the state
	unique (netuid, hotkey, post_id)
);
create index post_claim_of on post_claim (post_id);
-- One holder each.
create unique index post_claim_holder on post_claim (post_id)
	where state = 'held';

-- Each change of a claim's state, for ever.
create table post_claim_change (
	claim_id bigint not null references post_claim,
	n integer not null,             -- 1, 2, .. of the claim
	bucket bigint not null,
	at timestamptz not null,
	state text not null,
	why text,
	by_hotkey text,
	primary key (claim_id, n)
);

-- What was measured, for ever: one row a post and bucket, never changed. What
-- could not be measured leaves none. Null: not known. By txid a round takes
-- those it could see when it began.
create table post_observation (
	post_id bigint not null references post,
	bucket bigint not null,
	netuid integer not null,
	block bigint not null,
	at timestamptz not null,
	state text not null check (state in ('ok', 'gone')),
	views bigint,
	likes bigint,
	comments bigint,
	followers bigint,
	ai_score double precision,
	is_illicit boolean,
	bot_probability double precision,
	bot_confidence double precision,
	txid xid8 not null default pg_current_xact_id(),
	primary key (post_id, bucket)
) partition by range (bucket);

-- What a service last said; it stands until another answer. subject: the
-- post's content_id; of an audience, the account.
create table post_verdict (
	netuid integer not null,
	service text not null check (service in ('detector', 'moderator',
		'audience')),
	site text not null,
	subject text not null,
	due_bucket bigint not null,     -- not to be asked before
	answered_at timestamptz,        -- what follows is of then; null: none
	is_gone boolean not null default false, -- instead of what follows
	score double precision,         -- made by AI; of a bot; how sure
	confidence double precision,    -- audience
	is_illicit boolean,             -- moderator
	phash bit(64),                  -- detector
	detail text,                    -- categories, flags
	why text,                       -- no answer since
	primary key (netuid, service, site, subject)
);

-- Questions asked on a hotkey's account.
create table post_budget (
	netuid integer not null,
	hotkey text not null,
	service text not null,
	bucket bigint not null,
	used integer not null,
	primary key (netuid, hotkey, service, bucket)
);

-- Partitions for the buckets from one to another, a thousand each; those that
-- are there stay, and one migrator at a time. How many were made.
create function post_partitions(first bigint, last bigint) returns integer
language plpgsql as $$
declare
	made integer := 0;
	name text;
begin
	for part in first / 1000 .. last / 1000 loop
		name := format('post_observation_%s', part);
		continue when to_regclass(name) is not null;
		perform pg_advisory_xact_lock(hashtext('post_partitions'));
		continue when to_regclass(name) is not null;
		execute format('create table %I partition of post_observation '
			'for values from (%s) to (%s)', name, part * 1000,
			(part + 1) * 1000);
		made := made + 1;
	end loop;
	return made;
end
$$;

-- Those whose buckets are all before that one are dropped. How many.
create function post_partitions_drop(before bigint) returns integer
language plpgsql as $$
declare
	dropped integer := 0;
	part record;
begin
	for part in
		select c.relname as name
		from pg_inherits i
		join pg_class c on c.oid = i.inhrelid
		where i.inhparent = 'post_observation'::regclass
			and (substr(c.relname, 18)::bigint + 1) * 1000 <= before
	loop
		execute format('drop table %I', part.name);
		dropped := dropped + 1;
	end loop;
	return dropped;
end
$$;

create view dash_v1.gists as
select g.netuid, g.hotkey, g.text, g.block, g.wrong, g.state, g.answered_at,
	(select count(*) from post_claim c
		where c.netuid = g.netuid and c.hotkey = g.hotkey
			and c.is_listed) as claims,
	(select count(*) from gist_fault f
		where f.netuid = g.netuid and f.hotkey = g.hotkey) as faults,
	g.why
from gist g;

comment on view dash_v1.gists is
	'The gist each hotkey commits to, and how reading it went last. claims: '
	'posts it lists; faults: lines that are none; why: it is gone or '
	'unavailable, and what it listed before stands.';

create view dash_v1.posts as
select c.netuid, c.hotkey, c.platform, p.content_id, c.account, p.owner,
	c.block, c.first_at, p.published_at, c.is_listed, c.state, c.why,
	c.by_hotkey, o.bucket, o.at as measured_at, o.views, o.likes,
	o.comments, o.followers, o.ai_score, o.is_illicit, o.bot_probability,
	o.bot_confidence, p.away
from post_claim c
join post p on p.id = c.post_id
left join post_observation o on o.post_id = p.id and o.bucket = p.bucket;

comment on view dash_v1.posts is
	'What hotkeys claim to have posted, and what was measured of each last. '
	'Only held ones count; why and by_hotkey: what is wrong with the '
	'others, and who has it. away: why it could not be measured since, '
	'which changes nothing.';

create view dash_v1.growth as
select c.netuid, c.hotkey, c.platform, p.content_id, o.bucket, o.block, o.at,
	o.state, o.views, o.likes, o.comments, o.followers,
	o.bucket - lag(o.bucket) over w as buckets,
	o.views - lag(o.views) over w as views_more,
	o.likes - lag(o.likes) over w as likes_more,
	o.comments - lag(o.comments) over w as comments_more
from post_claim c
join post p on p.id = c.post_id
join post_observation o on o.post_id = p.id and o.bucket >= c.bucket
window w as (partition by c.id order by o.bucket);

comment on view dash_v1.growth is
	'What was measured of each claimed post, bucket by bucket, and how much '
	'more it was than at the measurement so many buckets before; negative: '
	'less.';

create view dash_v1.flags as
select c.netuid, c.hotkey, c.platform, p.content_id, l.bucket, l.at,
	c.state as flag, c.why, c.by_hotkey
from post_claim c
join post p on p.id = c.post_id
join post_claim_change l on l.claim_id = c.id and l.n = c.changes
where c.state not in ('new', 'held')
union all
select c.netuid, c.hotkey, c.platform, p.content_id, null, v.answered_at,
	'illicit', v.detail, null
from post_claim c
join post p on p.id = c.post_id
join post_verdict v on v.netuid = p.netuid and v.service = 'moderator'
	and v.site = p.site and v.subject = p.content_id
where v.is_illicit
union all
select f.netuid, f.hotkey, null, null, null, g.answered_at, 'line',
	'line ' || f.line || ': ' || f.why, null
from gist_fault f
join gist g on g.netuid = f.netuid and g.hotkey = f.hotkey
union all
select netuid, hotkey, null, null, null, seen_at, 'commitment', wrong, null
from gist
where wrong is not null;

comment on view dash_v1.flags is
	'What is wrong with whose posts, gists and lines, and since when.';
