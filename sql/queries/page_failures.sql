-- Jobs that ended without what was asked for in the last seven days, by their
-- cause as ctl_job_failures.sql has it, for the page: at most the newest 10,000.
-- open: neither redriven nor an audit, so that a redrive takes it; example: the
-- latest job; miners: how many the latest hundred have been at.
-- $1 netuid, $2 now, $3 how many groups
-- columns: body, the JSON text
with failed as materialized (
	select j.id, j.kind, j.reason, j.finished_at, j.source <> 'audit'
			and not exists (select from job n
				where n.redrive_of = j.id) as open,
		(select string_agg(distinct a.reason, ' ' order by a.reason)
			from attempt a
			where a.job_id = j.id) as attempts
	from (
		select id, kind, reason, finished_at, source
		from job
		where netuid = $1 and state in ('failed', 'expired')
			and finished_at > $2::timestamptz - interval '7 days'
		order by finished_at desc, id desc
		limit 10000) j
), grouped as (
	select left(md5(concat_ws('|', f.kind, f.reason, f.attempts)), 8)
			as "group",
		f.kind, f.reason, f.attempts, count(*) as jobs,
		count(*) filter (where f.open) as open,
		count(*) filter (where f.finished_at
			> $2::timestamptz - interval '1 hour') as hour,
		min(f.finished_at) as first, max(f.finished_at) as last,
		(array_agg(f.id order by f.finished_at desc, f.id desc))[1:100]
			as latest
	from failed f
	group by f.kind, f.reason, f.attempts
	order by max(f.finished_at) desc, count(*) desc
	limit $3
)
select json_build_object(
	'looked_at', (select count(*) from failed),
	'groups', (select coalesce(json_agg(json_build_object(
			'group', g."group", 'kind', g.kind,
			'reason', g.reason, 'side', r.side, 'help', r.help,
			'attempts', coalesce(g.attempts, ''), 'jobs', g.jobs,
			'open', g.open, 'hour', g.hour, 'miners', (
				select count(distinct a.hotkey)
				from attempt a
				where a.job_id = any (g.latest)),
			'first_at', g.first, 'last_at', g.last,
			'example', g.latest[1])
			order by g.last desc, g.jobs desc), '[]')
		from grouped g
		left join reason r on r.name = g.reason))::text as body
