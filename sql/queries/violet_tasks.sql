-- Clients' jobs as tasks of Violet's, newest first, as many as a page has room
-- for, and one at least.
-- $1 netuid, $2 whose; null: everybody's, $3 states; null: all, $4 kinds,
-- $5 behind this job; null: from the newest, $6 how many, $7 bytes of a page
-- columns: those of violet_task
with found as (
	select id, created_at, octet_length(params::text) + coalesce((
			select sum(octet_length(result_json::text))
			from attempt
			where job_id = job.id and state = 'delivered'), 0)
			as bytes
	from job
	where netuid = $1 and source = 'client'
		and ($2::text is null or tenant = $2)
		and ($3::job_state[] is null or state = any ($3))
		and kind = any ($4::text[])
		and ($5::uuid is null or (created_at, id) < (
			select created_at, id from job where id = $5))
	order by created_at desc, id desc
	limit $6
), page as (
	select id, sum(bytes) over (order by created_at desc, id desc) - bytes
		as bytes_before
	from found
)
select t.*
from page p
join violet_task t on t.id = p.id
where p.bytes_before < $7::bigint
order by t.created_at desc, t.id desc
