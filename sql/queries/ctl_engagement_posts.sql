-- What a hotkey claims, how it stands, what was measured of it last, and what
-- the newest round made of it: points, and a word for what took them.
-- $1 netuid, $2 mecid, $3 hotkey
-- columns: line, post, state, why, by_hotkey, since, measured_at, views, likes,
-- comments, followers, ai_score, illicit, bots, away, gave, took, gained,
-- waiting, spike, crowd, thin, debt, burst
select c.line, c.platform || ':' || p.content_id as post, c.state, c.why,
	c.by_hotkey, l.at as since, o.at as measured_at, o.views, o.likes,
	o.comments, o.followers, o.ai_score, o.is_illicit as illicit,
	o.bot_probability as bots, p.away, q.gave, q.why as took, q.gained,
	q.waiting, q.spike, q.crowd, q.thin, q.debt, q.burst
from post_claim c
join post p on p.id = c.post_id
left join post_claim_change l on l.claim_id = c.id and l.n = c.changes
left join post_observation o on o.post_id = p.id and o.bucket = p.bucket
left join lateral (
	select id from score_run
	where netuid = $1 and mecid = $2
	order by at desc
	limit 1) r on true
left join run_post q on q.run_id = r.id and q.hotkey = c.hotkey
	and q.content = c.platform || ':' || p.content_id
where c.netuid = $1 and c.hotkey = $3
order by c.is_listed desc, c.line, c.id
limit 1000
