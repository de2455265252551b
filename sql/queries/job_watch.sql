-- Jobs that are not as they were when last looked at, or are not there. Arrays,
-- an element a job.
-- $1 id, $2 its mark as it was then, '' at first, $3 netuid
-- columns: id, mark, state; state null: there is no such job
-- (row between, + 0: each is found by its id, whatever is known of the tables)
select g.id, j.state, j.mark
from (
	select * from unnest($1::uuid[], $2::text[])
		with ordinality as g (id, mark, row)
	where row between 1 and 1000) g
left join lateral (
	select job.state, md5(job.state::text || coalesce((
		select string_agg(a.id::text || a.state, ' ' order by a.id)
		from attempt a
		where a.job_id = job.id), '')) as mark
	from job
	where job.id = g.id and job.netuid + 0 = $3) j on true
where j.mark is distinct from g.mark
