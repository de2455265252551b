-- What has happened of a job, in the order of its times: an event is a mark of
-- the job or of one of its attempts (orchestrator/events.h). Of one that has
-- ended nothing is told that came behind its end; what let it end did not,
-- whatever another instance's clock says.
-- $1 id, $2 netuid, $3 tenant whose it must be; null: any
-- columns: mark, attempt, name, is_last, data, the JSON text
-- (+ 0: found by its id, whatever is known of the tables yet)
select e.mark, e.attempt, e.name, coalesce(e.mark = 'e' and e.attempt is null,
		false) as is_last,
	json_strip_nulls(json_build_object('event', e.name, 'job', j.id,
		'at', e.at, 'attempt', e.attempt, 'hotkey', e.hotkey,
		'hedge_of', e.hedge_of, 'reason', e.reason, 'side', r.side))::text
	as data
from job j
cross join lateral (
	select 'q' as mark, null::uuid as attempt, 'job.queued' as name,
		j.created_at as at, 0 as rank, null as hotkey,
		null::uuid as hedge_of, null as reason
	union all
	select 'g', null, 'job.assigned', min(a.prepared_at), 1, null, null,
		null
	from attempt a
	where a.job_id = j.id
	union all
	select 'r', null, 'job.running',
		min(least(a.accepted_at, a.received_at)), 4, null, null, null
	from attempt a
	where a.job_id = j.id
	union all
	select m.mark, a.id, 'attempt.' || m.name, m.at, m.rank, a.hotkey,
		a.hedge_of, m.reason
	from attempt a
	cross join lateral (values
		('s', 'sent', coalesce(a.sent_at, a.prepared_at), 2, null),
		('a', 'accepted', a.accepted_at, 3, null),
		('r', 'received', case when a.state <> 'late'
			then a.received_at end, 5, null),
		('e', case when a.state = 'late' then 'timed_out'
			else a.state::text end, a.finished_at, 6,
			case when a.state = 'late' then 'no_result'
			else a.reason end),
		('l', 'late', case when a.state = 'late'
			then a.received_at end, 7, a.reason)
		) as m (mark, name, at, rank, reason)
	where a.job_id = j.id and (j.finished_at is null
		or m.at <= j.finished_at or m.rank = 2
		or a.state in ('delivered', 'failed', 'refused', 'abandoned'))
	union all
	select 'e', null, 'job.' || j.state, j.finished_at, 8, null, null,
		j.reason
	) e
left join reason r on r.name = e.reason
where j.id = $1 and j.netuid + 0 = $2
	and ($3::text is null or j.tenant = $3) and e.at is not null
order by e.mark = 'q' desc, is_last, e.at, e.rank, e.attempt
