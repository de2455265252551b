-- Posts of the first four miners, as a cycle of engagement leaves them: two days
-- of hourly measurements, claims that count and some that do not, and what the
-- newest round gave.
select post_partitions(0, 100);

create temporary table poster as
select hotkey, uid, row_number() over (order by uid) as n
from neuron
where netuid = 1 and not validator_permit
order by uid
limit 5;

insert into gist (netuid, hotkey, text, block, seen_at, state, answered_at, why)
select 1, hotkey, 'poster' || n || ':0123456789abcdef', 3, now(),
	case when n = 5 then 'gone' else 'read' end, now() - interval '4 min',
	case when n = 5 then 'the platform answers 404' end
from poster;

insert into gist_fault (netuid, hotkey, line, why)
select 1, hotkey, 7, 'the signature is not this hotkey''s'
from poster
where n = 2;

insert into post (netuid, site, content_id, platform, first_at, owner, bucket,
	measured)
select 1, 'instagram', 'C' || upper(substr(md5(n || '-' || k), 1, 10)),
	'instagram/reel', now() - interval '49 hours', 'account' || n, 48, 48
from poster, generate_series(1, 4) as k
where n < 5;

insert into post_claim (netuid, hotkey, post_id, platform, line, account, block,
	bucket, first_at, is_proven, state, why, by_hotkey, changes)
select 1, o.hotkey, p.id, p.platform, row_number() over (
		partition by o.hotkey order by p.id), p.owner, 3, 1,
	p.first_at, s.state <> 'unproven', s.state, s.why,
	case when s.state = 'copy' then
		(select hotkey from poster where n = 1) end, 1
from post p
join poster o on p.owner = 'account' || o.n
cross join lateral (
	select case when o.n = 3 and p.id % 4 = 0 then 'copy'
		when o.n = 4 and p.id % 2 = 0 then 'unproven'
		else 'held' end as state,
	case when o.n = 3 and p.id % 4 = 0 then 'its picture is another post''s'
		when o.n = 4 and p.id % 2 = 0 then
			'the caption has not the code' end as why) s;

insert into post_claim_change (claim_id, n, bucket, at, state, why, by_hotkey)
select id, 1, 2, now() - interval '47 hours', state, why, by_hotkey
from post_claim;

insert into post_observation (post_id, bucket, netuid, block, at, state, views,
	likes, comments, followers, ai_score)
select p.id, b, 1, 3 + b, now() - (48 - b) * interval '1 hour', 'ok',
	(p.id % 5 + 1) * 90 * b + (b * b * (p.id % 3)) * 4,
	(p.id % 5 + 1) * 6 * b, (p.id % 4) * b, 4200 + 11 * b, 0.9
from post p, generate_series(1, 48) as b;

insert into run_post (run_id, hotkey, content, listed, gone, owned, ai, followers,
	observed, waiting, gained, spike, crowd, thin, value, debt, why, gave)
select r.id, c.hotkey, c.platform || ':' || p.content_id, true, false, true, 0.9,
	4200, 48, 3.5, 40 + p.id % 7, case when p.id % 6 = 0 then 21 else 0 end,
	0, 0, 40 + p.id % 7 - case when p.id % 6 = 0 then 21 else 0 end, 0,
	case when p.id % 6 = 0 then 'spike' end,
	40 + p.id % 7 - case when p.id % 6 = 0 then 21 else 0 end
from post_claim c
join post p on p.id = c.post_id
cross join (
	select id from score_run
	where netuid = 1 and mecid = 0
	order by epoch desc
	limit 1) r
where c.state = 'held';
