-- A miner's open attempts, the oldest first: given (to somebody who proved as
-- much), or to be given now.
-- $1 netuid, $2 hotkey, $3 kinds, $4 whether not proven, $5 now
-- columns: id, job_id, attempt_state, deadline_us, and those of the job: kind,
-- state, priority, params, created_us, wanted, min, input_type, input_sha256,
-- input_bytes, assigned (JSON array of uids)
select a.id, a.job_id, a.state as attempt_state,
	(extract(epoch from a.deadline_at) * 1e6)::bigint as deadline_us,
	j.kind, j.state, j.priority, j.params,
	(extract(epoch from j.created_at) * 1e6)::bigint as created_us,
	j.miners_wanted as wanted, j.miners_min as min, j.input_type,
	j.input_sha256, coalesce(j.input_bytes, 0) as input_bytes,
	(select json_agg(o.uid order by o.id) from attempt o
		where o.job_id = j.id) as assigned
from attempt a
join job j on j.id = a.job_id
where a.netuid = $1 and a.hotkey = $2 and a.finished_at is null
	and a.state in ('prepared', 'sent', 'accepted')
	and a.kind = any ($3::text[]) and a.deadline_at > $5
	and (a.is_unproven = $4 or a.state = 'prepared')
	and j.finished_at is null
order by a.prepared_at, a.id
limit 100
