-- Jobs that came to nothing, once more as new ones, with the time and the
-- retries they had at first: one by its id, or a group of
-- ctl_job_failures.sql, oldest first. Not one that was redriven already, and no audit.
-- $1 netuid, $2 id or group, $3 ids for the new ones, $4 now
-- columns: id, redrive_of, kind
with failed as (
	select j.*, left(md5(concat_ws('|', j.kind, j.reason, (
		select string_agg(distinct a.reason, ' ' order by a.reason)
		from attempt a
		where a.job_id = j.id))), 8) as cause
	from job j
	where j.netuid = $1 and j.state in ('failed', 'expired')
		and j.source <> 'audit'
		and not exists (select from job r where r.redrive_of = j.id)
), picked as (
	select f.*, row_number() over (order by f.created_at, f.id) as place
	from failed f
	where f.id::text = $2 or f.cause = $2
)
insert into job (id, netuid, kind, state, params, expect, input_sha256,
	input_type, input_bytes, miners_min, miners_wanted, priority,
	retries_left, created_at, deadline_at, next_try_at, rank_at, sticky,
	redrive_of, input_of, source, tenant)
select n.id, p.netuid, p.kind, 'queued', p.params, p.expect, p.input_sha256,
	p.input_type, p.input_bytes, p.miners_min, p.miners_wanted, p.priority,
	k.retry_budget, $4, $4::timestamptz + (p.deadline_at - p.created_at),
	$4, $4::timestamptz - (p.created_at - p.rank_at), p.sticky, p.id,
	coalesce(p.input_of, p.id), p.source, p.tenant
from picked p
join unnest($3::uuid[]) with ordinality as n (id, place) using (place)
join kind k on k.netuid = p.netuid and k.name = p.kind
returning id, redrive_of, kind
