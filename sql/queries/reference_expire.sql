-- References that nobody waits for any longer: those past their deadline and,
-- while the service is out, all that it was to be asked for. Where enough
-- miners were asked their consensus is waited for instead.
-- $1 netuid, $2 now, $3 the service is out, $4 miners for a consensus,
-- $5 ms that one is waited for behind the job's deadline
-- columns: job_id
with over as (
	select f.netuid, f.job_id, f.deadline_at <= $2 as is_late,
		f.source = 'service' and j.miners_wanted >= $4 as may_meet,
		greatest($2, j.deadline_at) + $5::bigint * interval '1 ms'
			as meet_until
	from reference f
	left join job j on j.id = f.job_id
	where f.netuid = $1 and f.state in ('wanted', 'asked')
		and (f.deadline_at <= $2
			or ($3 and f.source = 'service'
				and (f.state = 'wanted' or f.asked_until <= $2)))
	order by f.job_id
	for update of f skip locked
)
update reference f set
	source = case when o.may_meet then 'consensus' else f.source end,
	state = case when o.may_meet then 'wanted' else 'none' end,
	deadline_at = case when o.may_meet then o.meet_until
		else f.deadline_at end,
	settled_at = case when o.may_meet then null else $2 end,
	why = case when o.is_late then 'no reference came in time'
		else 'the reference service is out' end
from over o
where f.netuid = o.netuid and f.job_id = o.job_id
returning f.job_id
