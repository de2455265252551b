-- Claims of posts from elsewhere: unlisted, until their gist is read. One that
-- is there gets the earlier block; what is proven of it stays, or comes from
-- here if nothing is and it was not signed.
-- $1 netuid, $2 jsonb array of {site, content, platform, hotkey, first_us,
-- block, bucket, proven_bucket}
-- columns: added
with added as (
	insert into post_claim as c (netuid, hotkey, post_id, platform, line,
		block, bucket, first_at, is_listed, is_proven, proven_bucket,
		state, why)
	select distinct on (g.hotkey, p.id) $1::integer, g.hotkey, p.id,
		g.platform, 0, g.block, g.bucket,
		timestamptz 'epoch' + g.first_us * interval '1 us', false,
		case when g.proven_bucket is not null then true end,
		g.proven_bucket, 'unlisted',
		'imported, and not read in its gist yet'
	from jsonb_to_recordset($2::jsonb) as g (site text, content text,
		platform text, hotkey text, first_us bigint, block bigint,
		bucket bigint, proven_bucket bigint)
	join post p on p.netuid = $1 and p.site = g.site
		and p.content_id = g.content
	order by g.hotkey, p.id, g.first_us, g.proven_bucket
	on conflict (netuid, hotkey, post_id) do update set
		block = least(c.block, excluded.block),
		bucket = least(c.bucket, excluded.bucket),
		first_at = least(c.first_at, excluded.first_at),
		is_proven = case when c.is_proven is null and c.code is null
			then excluded.is_proven else c.is_proven end,
		proven_bucket = case when c.is_proven is null
			and c.code is null
			then excluded.proven_bucket else c.proven_bucket end
	where excluded.first_at < c.first_at or (c.is_proven is null
		and c.code is null and excluded.is_proven)
	returning id
)
select count(*) as added from added
