-- One job, whatever its subnet.
-- $1 id; columns: every column of job a person may see, and side (whose doing
-- its reason is) and total_ms
select j.id, j.netuid, j.kind, j.source, j.state, j.reason, r.side, j.params,
	j.input_type, j.input_bytes, j.input_sha256, j.miners_min,
	j.miners_wanted, j.priority, j.retries_left, j.tries, j.created_at,
	j.deadline_at, j.next_try_at, j.lease_owner, j.lease_until,
	j.finished_at, j.best_attempt,
	round(extract(epoch from j.finished_at - j.created_at) * 1000)::bigint
		as total_ms
from job j
left join reason r on r.name = j.reason
where j.id = $1
