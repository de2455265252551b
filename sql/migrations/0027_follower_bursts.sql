-- Followers that came at once, as when they were bought: what share of its
-- account's they are is kept with a post as a round saw it.
alter table run_post
	add column burst double precision not null default 0;

create or replace view dash_v1.post_scores as
select r.netuid, r.mecid, r.epoch, r.at, p.hotkey, p.content, p.gave, p.why,
	p.gained, p.waiting, p.spike, p.crowd, p.thin, p.value, p.debt,
	p.listed, p.gone, p.owned, p.ai, p.illicit, p.bots, p.followers,
	p.burst
from run_post p
join score_run r on r.id = p.run_id;

comment on view dash_v1.post_scores is
	'What each post gave its hotkey in each round, in points, and a word for '
	'what took all or most of it. gained, in the window; waiting, since, and '
	'still delayed; spike, crowd and thin: of gained, what did not count; '
	'value: what is left; debt: lost since, and taken from the hotkey. '
	'followers: those that count; burst: the share of the account''s that '
	'came at once and does not.';
