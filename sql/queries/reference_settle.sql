-- What came of looking for a job's reference: a text, or why there is none;
-- no row if it has been settled by others. Where the service gave none a
-- trusted miner's is waited for if there are such miners; where that one gave
-- none, the consensus, if enough miners were asked.
-- $1 netuid, $2 job id, $3 source, $4 now, $5 text, $6 sha256, $7 why,
-- $8 medoid, $9 agreement, $10 outliers, $11 miners for a consensus, $12 ms
-- that is waited behind the job's deadline, $13 there are trusted miners
-- columns: state
with given as (
	select f.netuid, f.job_id, case when $5::text is not null then null
			when $3 = 'service' and $13 and j.id is not null
			then 'audit'
			when $3 <> 'consensus' and j.miners_wanted >= $11
			then 'consensus' end as next,
		greatest($4, j.deadline_at) + $12::bigint * interval '1 ms'
			as next_until
	from reference f
	left join job j on j.id = f.job_id
	where f.netuid = $1 and f.job_id = $2 and f.source = $3
		and f.state in ('wanted', 'asked')
	for update of f
)
update reference f set
	source = coalesce(g.next, f.source),
	state = case when g.next is not null then 'wanted'
		when $5 is null then 'none' else 'ready' end,
	deadline_at = case when g.next is null then f.deadline_at
		else g.next_until end,
	settled_at = case when g.next is null then $4::timestamptz end,
	text = $5,
	sha256 = $6,
	why = $7,
	medoid = $8,
	agreement = $9,
	outliers = coalesce($10::jsonb, '[]')
from given g
where f.netuid = g.netuid and f.job_id = g.job_id
returning f.state
