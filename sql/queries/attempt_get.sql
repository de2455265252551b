-- An attempt, as a miner's call about it needs to know it.
-- $1 id, $2 netuid
-- columns: id, job_id, kind, hotkey, state, result_sha256, deadline_us,
-- is_turned_away (a result of it was, by us), and the job's input, which is kept under the id input_of
-- (+ 0: found by its id, whatever is known of the tables yet)
select a.id, a.job_id, a.kind, a.hotkey, a.state, a.result_sha256,
	(extract(epoch from a.deadline_at) * 1e6)::bigint as deadline_us,
	a.turned_away_at is not null as is_turned_away,
	j.input_type, j.input_sha256, coalesce(j.input_bytes, 0) as input_bytes,
	coalesce(j.input_of, j.id) as input_of
from attempt a
join job j on j.id = a.job_id
where a.id = $1 and a.netuid + 0 = $2
