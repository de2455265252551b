-- What a hotkey commits to, and what the newest round made of it.
-- $1 netuid, $2 mecid, $3 hotkey
-- columns: hotkey, uid, commitment, commitment_block, wrong, gist, read_at,
-- gist_why, epoch, block, score, weight, out, posts, points, waiting
select $3::text as hotkey, n.uid, g.text as commitment,
	g.block as commitment_block, g.wrong, g.state as gist,
	g.answered_at as read_at, g.why as gist_why, r.epoch, r.block,
	e.score, e.weight, e.out, q.posts, q.points, q.waiting
from (select 1) as always
left join neuron n on n.netuid = $1 and n.hotkey = $3
left join gist g on g.netuid = $1 and g.hotkey = $3
left join lateral (
	select id, epoch, block from score_run
	where netuid = $1 and mecid = $2
	order by at desc
	limit 1) r on true
left join score_entry e on e.run_id = r.id and e.hotkey = $3
left join lateral (
	select count(*) as posts, sum(gave) as points, sum(waiting) as waiting
	from run_post
	where run_id = r.id and hotkey = $3) q on true
where n.hotkey is not null or g.hotkey is not null
