-- The window's judgements, in the order they are added up in.
-- $1 netuid, $2 begin, $3 end (included)
-- columns: hotkey, success, speed, accuracy, miner_ms
select hotkey, success, speed, accuracy,
	(detail ->> 'miner_ms')::double precision as miner_ms
from judgement
where netuid = $1 and at >= $2 and at <= $3
order by hotkey collate "C", at, attempt_id
