-- The window's judgements, in the order they are added up in.
-- $1 netuid, $2 begin, $3 end (included)
-- columns: hotkey, kind, source, ended_us, success, accuracy, miner_ms,
-- attempt_id
select hotkey, kind, source,
	(extract(epoch from ended_at) * 1e6)::bigint as ended_us, success,
	accuracy, miner_ms, attempt_id
from judgement
where netuid = $1 and at >= $2 and at <= $3
order by hotkey collate "C", ended_at, attempt_id
