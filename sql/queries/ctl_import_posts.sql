-- Posts that were measured elsewhere; of those that are there what is not known
-- yet.
-- $1 netuid, $2 jsonb array of {site, content, platform, owner, published_us,
-- first_us}
-- columns: added
with added as (
	insert into post (netuid, site, content_id, platform, owner,
		published_at, first_at)
	select distinct on (p.site, p.content) $1::integer, p.site, p.content,
		p.platform, p.owner,
		timestamptz 'epoch' + p.published_us * interval '1 us',
		timestamptz 'epoch' + p.first_us * interval '1 us'
	from jsonb_to_recordset($2::jsonb) as p (site text, content text,
		platform text, owner text, published_us bigint,
		first_us bigint)
	order by p.site, p.content, p.first_us, p.owner
	on conflict (netuid, site, content_id) do update set
		owner = coalesce(post.owner, excluded.owner),
		published_at = coalesce(post.published_at,
			excluded.published_at),
		first_at = least(post.first_at, excluded.first_at)
	where (post.owner is null and excluded.owner is not null)
		or (post.published_at is null
			and excluded.published_at is not null)
		or excluded.first_at < post.first_at
	returning id
)
select count(*) as added from added
