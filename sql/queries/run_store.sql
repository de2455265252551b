-- One scoring round and its entries. A second one of the same epoch is
-- refused by the table's unique key.
-- $1 id, $2 netuid, $3 epoch, $4 block, $5 at, $6 policy, $7 window_from,
-- $8 jsonb array of the entries
with run as (
	insert into score_run (id, netuid, epoch, block, at, policy, window_from)
	values ($1, $2, $3, $4, $5, $6, $7)
	returning id, netuid
)
insert into score_entry (run_id, netuid, hotkey, uid, jobs, successes,
	latency_p50_ms, speed, accuracy, stake_share, score, win_rate, weight)
select run.id, run.netuid, e.hotkey, e.uid, e.jobs, e.successes,
	e.latency_p50_ms, e.speed, e.accuracy, e.stake_share, e.score,
	e.win_rate, e.weight
from run, jsonb_to_recordset($8::jsonb) as e (hotkey text, uid integer,
	jobs integer, successes integer, latency_p50_ms double precision,
	speed double precision, accuracy double precision,
	stake_share double precision, score double precision,
	win_rate double precision, weight double precision)
