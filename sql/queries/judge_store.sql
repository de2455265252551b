-- The verdict on one attempt, once for ever: no row if it has been judged.
-- What does not count (our doing or the client's) is marked and leaves no
-- judgement.
-- $1 attempt id, $2 now, $3 counts, $4 success, $5 speed, $6 accuracy,
-- $7 detail
-- columns: id
with judged as (
	update attempt set judged_at = $2
	where id = $1 and judged_at is null and finished_at is not null
	returning id, netuid, hotkey, kind, job_id, finished_at, miner_ms
), verdict as (
	insert into judgement (attempt_id, netuid, hotkey, kind, at, success,
		speed, accuracy, detail, source, ended_at, miner_ms)
	select d.id, d.netuid, d.hotkey, d.kind, $2, $4, $5, $6, $7, j.source,
		d.finished_at, d.miner_ms
	from judged d
	join job j on j.id = d.job_id
	where $3
)
select id from judged
