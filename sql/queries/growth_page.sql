-- What was measured of the next claims behind one, in the order a round folds
-- them: hotkey, content, bucket. A claim nothing was measured of is one row
-- without a bucket. Claims unlisted before the first bucket are left out.
-- $1 netuid, $2 hotkey and $3 content of the last one before, $4 claims at
-- most, $5 the first bucket, $6 the last one, $7 what the round could see
-- columns: hotkey, content, claimed_bucket, claimed_us, published_us, is_listed,
-- state, bucket (null: none), is_gone, views, likes, comments, followers,
-- is_owned, ai_score, is_illicit, bot_probability, bot_confidence
with page as (
	select c.hotkey collate "C" as hotkey,
		(c.platform || ':' || p.content_id) collate "C" as content,
		c.post_id, c.bucket, c.proven_bucket, c.is_listed, c.state,
		(extract(epoch from c.first_at) * 1e6)::bigint as claimed_us,
		(extract(epoch from p.published_at) * 1e6)::bigint
			as published_us
	from post_claim c
	join post p on p.id = c.post_id
	join neuron n on n.netuid = c.netuid and n.hotkey = c.hotkey
	where c.netuid = $1 and (c.is_listed or p.bucket >= $5)
		and (c.hotkey collate "C",
			(c.platform || ':' || p.content_id) collate "C")
			> ($2, $3)
	order by 1, 2
	limit $4
)
select g.hotkey, g.content, g.bucket as claimed_bucket, g.claimed_us,
	g.published_us, g.is_listed, g.state, o.bucket,
	o.state = 'gone' as is_gone, o.views, o.likes, o.comments, o.followers,
	coalesce(o.bucket >= g.proven_bucket, false) as is_owned, o.ai_score,
	o.is_illicit, o.bot_probability, o.bot_confidence
from page g
left join post_observation o on o.post_id = g.post_id and o.bucket >= g.bucket
	and o.bucket between $5 and $6
	and pg_visible_in_snapshot(o.txid, $7::pg_snapshot)
order by g.hotkey, g.content, o.bucket
