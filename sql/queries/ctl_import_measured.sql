-- How often these posts have been measured, and when last.
-- $1 netuid, $2 jsonb array of {site, content}
-- columns: moved
with moved as (
	update post p set bucket = greatest(p.bucket, o.last),
		measured = greatest(p.measured, o.n)
	from (
		select b.post_id, max(b.bucket) as last, count(*)::integer as n
		from post_observation b
		where b.netuid = $1 and b.post_id in (
			select q.id
			from jsonb_to_recordset($2::jsonb) as g (site text,
				content text)
			join post q on q.netuid = $1 and q.site = g.site
				and q.content_id = g.content)
		group by b.post_id) o
	where p.id = o.post_id and (p.bucket is distinct from o.last
		or p.measured < o.n)
	returning p.id
)
select count(*) as moved from moved
