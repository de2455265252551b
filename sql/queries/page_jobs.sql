-- A page of jobs for the page, newest first, each with where it has been. At
-- most 10,000 are looked at: next is then the last of those. Of a job that is
-- not the reader's neither its tenant, its priority nor where it came from is
-- said: an audit and a challenge look like any other.
-- $1 netuid; the last one of the page before: $2 created_at, $3 id, or nulls;
-- $4 kind, $5 state, $6 hotkey of a miner that had it, or nulls; $7 how many;
-- $8 all jobs are the reader's, $9 the tenant whose are, or null
-- columns: body, the JSON text
with page as (
	select l.*, row_number() over (
		order by created_at desc, id desc) as place
	from (
		select j.*, row_number() over (
				order by created_at desc, id desc) as seen,
			($4::text is null or kind = $4)
			and ($5::job_state is null or state = $5)
			and ($6::text is null or exists (
				select from attempt a
				where a.job_id = j.id and a.hotkey = $6))
				as fits
		from (
			select id, kind, source, state, reason, tenant,
				priority, miners_wanted, created_at,
				finished_at, deadline_at
			from job
			where netuid = $1 and (created_at, id) < (
				coalesce($2, timestamptz 'infinity'),
				coalesce($3::uuid,
				uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
			order by created_at desc, id desc
			limit 10000) j
		) l
	where fits or seen = 10000
	order by created_at desc, id desc
	limit $7::integer + 1
), next as (
	select (extract(epoch from created_at) * 1e6)::bigint || '-' || id
		as cursor
	from page
	where case when (select count(*) from page where fits) > $7
		then place = $7 else seen = 10000 end
)
select json_build_object('jobs', (
		select coalesce(json_agg(json_build_object('id', id,
			'kind', kind, 'state', state, 'reason', reason,
			'miners', miners_wanted, 'created_at', created_at,
			'deadline_at', deadline_at, 'finished_at', finished_at,
			'own', own,
			'tenant', case when own then tenant end,
			'source', case when own then source end,
			'priority', case when own then priority end,
			'attempts', (
				select coalesce(json_agg(json_build_object(
					'hotkey', a.hotkey, 'uid', a.uid,
					'state', a.state, 'reason', a.reason,
					'miner_ms', a.miner_ms)
					order by a.id), '[]')
				from attempt a
				where a.job_id = p.id)) order by place), '[]')
		from (
			select page.*, $8::boolean
				or coalesce(tenant = $9::text, false) as own
			from page
			where fits and place <= $7) p),
	'next', (select cursor from next))::text as body
