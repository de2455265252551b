-- References that nobody waits for any longer: those past their deadline and,
-- while the service is out, all that it was to be asked for. In the service's
-- stead a trusted miner's text is waited for if there are such miners; in that
-- one's, the consensus, where enough miners were asked.
-- $1 netuid, $2 now, $3 the service is out, $4 miners for a consensus,
-- $5 ms that is waited behind the job's deadline, $6 there are trusted miners
-- columns: job_id
with over as (
	select f.netuid, f.job_id, f.deadline_at <= $2 as is_late,
		case when f.source = 'service' and $6 and j.id is not null
			then 'audit'
			when f.source <> 'consensus' and j.miners_wanted >= $4
			then 'consensus' end as next,
		greatest($2, j.deadline_at) + $5::bigint * interval '1 ms'
			as next_until
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
	source = coalesce(o.next, f.source),
	state = case when o.next is null then 'none' else 'wanted' end,
	deadline_at = case when o.next is null then f.deadline_at
		else o.next_until end,
	settled_at = case when o.next is null then $2::timestamptz end,
	why = case when o.is_late then 'no reference came in time'
		else 'the reference service is out' end
from over o
where f.netuid = o.netuid and f.job_id = o.job_id
returning f.job_id
