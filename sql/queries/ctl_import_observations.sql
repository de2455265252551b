-- Measurements from elsewhere, one a post and bucket; those that are there
-- stay, and one of a time that is there is none, whichever bucket that was put
-- into.
-- $1 netuid, $2 jsonb array of {site, content, bucket, block, at_us, views,
-- likes, comments, followers, ai}
-- columns: added
with added as (
	insert into post_observation (post_id, bucket, netuid, block, at,
		state, views, likes, comments, followers, ai_score)
	select p.id, o.bucket, $1::integer, o.block,
		timestamptz 'epoch' + o.at_us * interval '1 us', 'ok',
		o.views, o.likes, o.comments, o.followers, o.ai
	from jsonb_to_recordset($2::jsonb) as o (site text, content text,
		bucket bigint, block bigint, at_us bigint, views bigint,
		likes bigint, comments bigint, followers bigint,
		ai double precision)
	join post p on p.netuid = $1 and p.site = o.site
		and p.content_id = o.content
	where not exists (select from post_observation x
		where x.post_id = p.id and x.at = timestamptz 'epoch'
			+ o.at_us * interval '1 us')
	on conflict (post_id, bucket) do nothing
	returning post_id
)
select count(*) as added from added
