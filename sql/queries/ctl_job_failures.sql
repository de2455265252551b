-- Jobs that ended without what was asked for, by their cause: the kind, the
-- job's reason and the reasons of its attempts, each once and in order.
-- $1 netuid, $2 how many groups
-- columns: group, kind, reason, attempts (their reasons), jobs, first, last,
-- example (the latest job of it)
select left(md5(concat_ws('|', f.kind, f.reason, f.attempts)), 8) as "group",
	f.kind, f.reason, f.attempts, count(*) as jobs,
	min(f.finished_at) as first, max(f.finished_at) as last,
	(array_agg(f.id order by f.finished_at desc, f.id desc))[1] as example
from (
	select j.id, j.kind, j.reason, j.finished_at, (
		select string_agg(distinct a.reason, ' ' order by a.reason)
		from attempt a
		where a.job_id = j.id) as attempts
	from job j
	where j.netuid = $1 and j.state in ('failed', 'expired')) f
group by f.kind, f.reason, f.attempts
order by jobs desc, last desc
limit $2
