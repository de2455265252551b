-- What came of looking for a job's reference: a text, or why there is none;
-- no row if it has been settled by others. Where the service gave none and
-- enough miners were asked, their consensus is waited for.
-- $1 netuid, $2 job id, $3 source, $4 now, $5 text, $6 sha256, $7 why,
-- $8 medoid, $9 agreement, $10 outliers, $11 miners for a consensus, $12 ms
-- that one is waited for behind the job's deadline
-- columns: state
with given as (
	select f.netuid, f.job_id, $3 = 'service' and $5::text is null
			and j.miners_wanted >= $11 as may_meet,
		greatest($4, j.deadline_at) + $12::bigint * interval '1 ms'
			as meet_until
	from reference f
	left join job j on j.id = f.job_id
	where f.netuid = $1 and f.job_id = $2 and f.source = $3
		and f.state in ('wanted', 'asked')
	for update of f
)
update reference f set
	source = case when g.may_meet then 'consensus' else f.source end,
	state = case when g.may_meet then 'wanted'
		when $5 is null then 'none' else 'ready' end,
	deadline_at = case when g.may_meet then g.meet_until
		else f.deadline_at end,
	settled_at = case when g.may_meet then null else $4::timestamptz end,
	text = $5,
	sha256 = $6,
	why = $7,
	medoid = $8,
	agreement = $9,
	outliers = coalesce($10::jsonb, '[]')
from given g
where f.netuid = g.netuid and f.job_id = g.job_id
returning f.state
