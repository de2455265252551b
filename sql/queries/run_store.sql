-- One scoring round, its policy, its neurons, its entries. A second one of the
-- same epoch and mechanism is refused by the table's unique key.
-- $1 id, $2 netuid, $3 epoch, $4 block, $5 at, $6 policy, $7 window_from,
-- $8 policy_sha256, $9 policy text, $10 seen, $11 events, $12 inputs_sha256,
-- $13 jsonb array of the neurons, $14 of the entries, $15 mecid
with known as (
	insert into policy (sha256, name, text, first_at)
	values ($8, $6, $9, $5)
	on conflict do nothing
), run as (
	insert into score_run (id, netuid, mecid, epoch, block, at, policy,
		window_from, policy_sha256, seen, events, inputs_sha256)
	values ($1, $2, $15, $3, $4, $5, $6, $7, $8, $10::pg_snapshot, $11,
		$12)
	returning id, netuid
), miners as (
	insert into run_miner (run_id, hotkey, coldkey, uid, alpha, block,
		since_at, serves, banned, failed_audits, previous, consensus,
		before, submission_state, submission_score, submission_block,
		submission_at, submission_hash, submission_repo, locked,
		locked_own, paid)
	select run.id, m.hotkey, m.coldkey, m.uid, m.alpha, m.block,
		to_timestamp(m.since_us / 1e6), m.serves, m.banned,
		m.failed_audits, m.previous, m.consensus, m.before,
		m.submission_state,
		m.submission_score, m.submission_block,
		to_timestamp(m.submission_at_us / 1e6), m.submission_hash,
		m.submission_repo, m.locked, m.locked_own, coalesce(m.paid, 0)
	from run, jsonb_to_recordset($13::jsonb) as m (hotkey text,
		coldkey text, uid integer, alpha double precision,
		block bigint, since_us bigint, serves boolean, banned boolean,
		failed_audits integer, previous double precision,
		consensus double precision, before double precision,
		submission_state text,
		submission_score double precision, submission_block bigint,
		submission_at_us bigint, submission_hash text,
		submission_repo text, locked double precision,
		locked_own double precision, paid double precision)
)
insert into score_entry (run_id, netuid, hotkey, uid, jobs, successes,
	latency_p50_ms, speed, accuracy, stake_share, score, wins, win_rate,
	weight, out)
select run.id, run.netuid, e.hotkey, e.uid, e.jobs, e.successes,
	e.latency_p50_ms, e.speed, e.accuracy, e.stake_share, e.score, e.wins,
	e.win_rate, e.weight, e.out
from run, jsonb_to_recordset($14::jsonb) as e (hotkey text, uid integer,
	jobs integer, successes integer, latency_p50_ms double precision,
	speed double precision, accuracy double precision,
	stake_share double precision, score double precision, wins integer,
	win_rate double precision, weight double precision, out text)
