-- The posts that a gist names, of which some may be known.
-- $1 netuid, $2 now, $3 jsonb array of {site, content, platform}
insert into post (netuid, site, content_id, platform, first_at)
select distinct on (c.site, c.content) $1::integer, c.site, c.content,
	c.platform, $2::timestamptz
from jsonb_to_recordset($3::jsonb) as c (site text, content text,
	platform text)
order by c.site, c.content, c.platform
on conflict (netuid, site, content_id) do nothing
