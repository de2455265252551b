-- Finished jobs, as tasks of Violet's, that a validator has not seen, the
-- oldest first, as many as a page has room for, and one at least.
-- $1 netuid, $2 validator, $3 behind this job; null: from the oldest,
-- $4 kinds, $5 how many, $6 made since, $7 bytes of a page
-- columns: those of violet_task
with found as (
	select id, created_at, octet_length(params::text) + coalesce((
			select sum(octet_length(result_json::text))
			from attempt
			where job_id = job.id and state = 'delivered'), 0)
			as bytes
	from job
	where netuid = $1 and state = 'done' and kind = any ($4::text[])
		and created_at >= $6
		and ($3::uuid is null or (created_at, id) > (
			select created_at, id from job where id = $3))
		and not exists (
			select from violet_seen v
			where v.netuid = $1 and v.job_id = job.id
				and v.validator = $2)
	order by created_at, id
	limit $5
), page as (
	select id, sum(bytes) over (order by created_at, id) - bytes
		as bytes_before
	from found
)
select t.*
from page p
join violet_task t on t.id = p.id
where p.bytes_before < $7::bigint
order by t.created_at, t.id
