-- Attempts that nobody is working on, and what each needs: 'drop' where the
-- job has ended, 'abandon' where nobody can tell any more whether the miner
-- was asked (an instance died, or could not write down what came of it),
-- 'unsent' where the miner has not come for it,
-- 'expire' at the deadline of one the miner has, 'lost' if its result was
-- turned away by us, 'probe' for bytes nobody has
-- looked at. Probes come last: should they fail for ever, they hide no other.
-- $1 netuid, $2 now, $3 a lease before now, $4 deadlines from (open_from.sql),
-- $5 deadlines before; null: all
-- columns: id, job_id, kind, need
select a.id, a.job_id, a.kind,
	case when j.finished_at is not null then 'drop'
		when a.state = 'sent' then 'abandon'
		when a.state = 'prepared' then 'unsent'
		when a.state = 'accepted' and a.turned_away_at is not null
			then 'lost'
		when a.state = 'accepted' then 'expire'
		else 'probe'
	end as need
from attempt a
join job j on j.id = a.job_id
join kind k on k.netuid = a.netuid and k.name = a.kind
where a.netuid = $1 and a.finished_at is null
	and a.deadline_at >= coalesce($4::timestamptz, '-infinity')
	and a.deadline_at < coalesce($5::timestamptz, 'infinity')
	and (j.finished_at is not null
		or (a.state = 'sent' and a.sent_at
			+ k.answer_ms * interval '1 ms' < $3::timestamptz)
		or (a.state = 'prepared' and (a.prepared_at
			+ k.answer_ms * interval '1 ms' < $3::timestamptz
			or a.deadline_at < $2))
		or (a.state = 'accepted' and a.deadline_at < $2)
		or (a.state = 'received' and a.received_at < $3))
order by a.state = 'received', a.job_id
limit 200
