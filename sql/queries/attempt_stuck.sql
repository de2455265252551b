-- Attempts that nobody is working on, and what each needs: 'abandon' where an
-- instance died before we know that the miner was asked, 'expire' at the
-- deadline of one the miner has, 'probe' for bytes nobody has looked at.
-- $1 netuid, $2 now, $3 a lease before now
-- columns: id, job_id, kind, need
select a.id, a.job_id, a.kind,
	case a.state
		when 'prepared' then 'abandon'
		when 'sent' then 'abandon'
		when 'accepted' then 'expire'
		else 'probe'
	end as need
from attempt a
join job j on j.id = a.job_id
join kind k on k.netuid = a.netuid and k.name = a.kind
where a.netuid = $1 and a.finished_at is null
	and ((a.state = 'prepared' and j.lease_until < $2)
		or (a.state = 'sent' and j.lease_until < $2 and a.sent_at
			+ k.answer_ms * interval '1 ms' < $3::timestamptz)
		or (a.state = 'sent' and a.deadline_at < $3)
		or (a.state = 'accepted' and a.deadline_at < $2)
		or (a.state = 'received' and a.received_at < $3))
order by a.job_id
limit 200
