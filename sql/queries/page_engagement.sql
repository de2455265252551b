-- Engagement for the page: each hotkey that commits to a gist, with its posts
-- and what the latest round gave them; what was measured, bucket by bucket; the
-- posts themselves, those that gave most first; what is wrong, newest first.
-- $1 netuid, $2 mecid, $3 how many buckets, $4 how many posts, and flags
-- columns: body, the JSON text
with run as (
	select r.id, r.epoch, r.at
	from score_run r
	where r.netuid = $1 and r.mecid = $2
		and exists (select from run_post p where p.run_id = r.id)
	order by r.epoch desc
	limit 1
), claim as materialized (
	select c.hotkey, c.platform, c.state, c.is_listed, c.account, p.id,
		p.content_id, o.views, o.likes, o.comments, o.followers,
		o.at as measured_at, q.gave, q.why as took, c.why
	from post_claim c
	join post p on p.id = c.post_id
	left join post_observation o on o.post_id = p.id
		and o.bucket = p.bucket
	left join run_post q on q.run_id = (select id from run)
		and q.hotkey = c.hotkey
		and q.content = c.platform || ':' || p.content_id
	where c.netuid = $1
), owner as (
	select hotkey, count(*) as posts,
		count(*) filter (where state = 'held') as held,
		count(*) filter (where state not in ('new', 'held'))
			as flagged,
		sum(views) filter (where state = 'held') as views,
		sum(likes) filter (where state = 'held') as likes,
		sum(gave) as gave
	from claim
	group by hotkey
), measured as (
	select o.bucket, max(o.at) as at, count(*) as posts,
		sum(o.views) as views, sum(o.likes) as likes,
		sum(o.comments) as comments
	from post_observation o
	where o.netuid = $1 and o.state = 'ok' and o.bucket > (
		select coalesce(max(bucket), 0) - $3 from post
		where netuid = $1)
	group by o.bucket
)
select json_build_object(
	'round', (select json_build_object('epoch', epoch, 'at', at) from run),
	'hotkeys', (select coalesce(json_agg(json_build_object(
			'hotkey', g.hotkey, 'uid', n.uid, 'gist', g.state,
			'wrong', coalesce(g.wrong, g.why),
			'read_at', g.answered_at,
			'posts', coalesce(o.posts, 0),
			'held', coalesce(o.held, 0),
			'flagged', coalesce(o.flagged, 0), 'views', o.views,
			'likes', o.likes, 'gave', o.gave, 'score', e.score,
			'out', e.out)
			order by e.score desc nulls last, g.hotkey), '[]')
		from gist g
		left join neuron n on n.netuid = $1 and n.hotkey = g.hotkey
		left join owner o on o.hotkey = g.hotkey
		left join score_entry e on e.run_id = (select id from run)
			and e.hotkey = g.hotkey
		where g.netuid = $1),
	'buckets', (select coalesce(json_agg(json_build_object(
			'bucket', bucket, 'at', at, 'posts', posts,
			'views', views, 'likes', likes,
			'comments', comments) order by bucket), '[]')
		from measured),
	'posts', (select coalesce(json_agg(json_build_object(
			'hotkey', hotkey, 'platform', platform,
			'content_id', content_id, 'state', state,
			'views', views, 'likes', likes, 'comments', comments,
			'followers', followers, 'measured_at', measured_at,
			'gave', gave, 'took', took)
			order by gave desc nulls last, views desc nulls last,
				id), '[]')
		from (
			select * from claim
			order by gave desc nulls last, views desc nulls last, id
			limit $4) p),
	'flags', (select coalesce(json_agg(json_build_object(
			'hotkey', hotkey, 'platform', platform,
			'content_id', content_id, 'at', at, 'flag', flag,
			'why', why, 'by_hotkey', by_hotkey)
			order by at desc nulls last, hotkey), '[]')
		from (
			select * from dash_v1.flags
			where netuid = $1
			order by at desc nulls last, hotkey
			limit $4) f))::text as body
