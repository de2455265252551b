-- The verdict on one attempt, once for ever: no row if it has been judged.
-- What does not count (our doing or the client's) is marked and leaves no
-- judgement.
-- $1 attempt id, $2 now, $3 counts, $4 success, $5 speed, $6 accuracy,
-- $7 detail, $8 source, $9 metric, $10 reference, $11 result_sha256,
-- $12 reference_sha256, $13 total_ms, $14 reason
-- columns: id
with judged as (
	update attempt set judged_at = $2
	where id = $1 and judged_at is null and finished_at is not null
	returning id, netuid, hotkey, kind, finished_at, miner_ms
), verdict as (
	insert into judgement (attempt_id, netuid, hotkey, kind, at, success,
		speed, accuracy, detail, source, metric, reference,
		result_sha256, reference_sha256, total_ms, reason, ended_at,
		miner_ms)
	select id, netuid, hotkey, kind, $2, $4, $5, $6, $7, $8, $9, $10, $11,
		$12, $13, $14, finished_at, miner_ms
	from judged
	where $3
)
select id from judged
