-- A page of jobs, newest first, as the API shows them; a tenant's are found by
-- an index of their own. At most 10,000 are looked at, however few of them fit:
-- next is then the last of those, and the page may be short, or empty.
-- $1 netuid; the last one of the page before: $2 created_at, $3 id, or nulls;
-- created $4 at the earliest, $5 before, or nulls; $6 kind, $7 state,
-- $8 tenant, or nulls; $9 how many
-- columns: body, the JSON text; next, the cursor of the next page, or null
with page as (
	select l.*, row_number() over () as place
	from (
		select j.*, row_number() over () as seen,
			($6::text is null or kind = $6)
			and ($7::job_state is null or state = $7) as fits
		from (
			(select id, kind, source, state, reason, tenant,
				priority, miners_wanted, created_at,
				deadline_at, finished_at
			from job
			where $8::text is null and netuid = $1
				and (created_at, id) < (
				coalesce($2, timestamptz 'infinity'),
				coalesce($3,
				uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
				and created_at >=
				coalesce($4, timestamptz '-infinity')
				and created_at <
				coalesce($5, timestamptz 'infinity')
			order by created_at desc, id desc
			limit 10000)
			union all
			(select id, kind, source, state, reason, tenant,
				priority, miners_wanted, created_at,
				deadline_at, finished_at
			from job
			where tenant = $8 and netuid = $1
				and (created_at, id) < (
				coalesce($2, timestamptz 'infinity'),
				coalesce($3,
				uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
				and created_at >=
				coalesce($4, timestamptz '-infinity')
				and created_at <
				coalesce($5, timestamptz 'infinity')
			order by tenant, created_at desc, id desc
			limit 10000)) j
		) l
	where fits or seen = 10000
	limit $9::integer + 1
), next as materialized (
	select (extract(epoch from created_at) * 1e6)::bigint || '-' || id
		as cursor
	from page
	where case when (select count(*) from page where fits) > $9
		then place = $9 else seen = 10000 end
)
select json_build_object('jobs', (
		select coalesce(json_agg(json_build_object('id', id,
			'kind', kind, 'source', source, 'state', state,
			'reason', reason, 'tenant', tenant,
			'priority', priority, 'miners', miners_wanted,
			'created_at', created_at, 'deadline_at', deadline_at,
			'finished_at', finished_at) order by place), '[]')
		from page
		where fits and place <= $9),
	'next', (select cursor from next))::text as body,
	(select cursor from next) as next
