-- Jobs that came to nothing, once more as new ones, with the time and the
-- retries they had at first: one by its id, or a group of
-- ctl_job_failures.sql, oldest first. Not one that was redriven already, be it
-- at this moment, and no audit.
-- $1 netuid, $2 id or group, $3 ids for the new ones, $4 now, $5 not those that
-- ended before it, or null
-- columns: id, redrive_of, kind
with picked as (
	select j.*, row_number() over (order by j.created_at, j.id) as place
	from job j
	where j.netuid = $1 and j.state in ('failed', 'expired')
		and j.source <> 'audit'
		and ($5::timestamptz is null or j.finished_at > $5)
		and not exists (select from job r where r.redrive_of = j.id)
		and case when length($2::text) > 8 then j.id::text = $2
			else left(md5(concat_ws('|', j.kind, j.reason, (
				select string_agg(distinct a.reason, ' '
					order by a.reason)
				from attempt a
				where a.job_id = j.id))), 8) = $2 end
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
on conflict (redrive_of) where redrive_of is not null do nothing
returning id, redrive_of, kind
