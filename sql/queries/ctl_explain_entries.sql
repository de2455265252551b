-- What a scoring round came to, with its head in each row, in the order of the
-- hotkeys' bytes.
-- $1 netuid, $2 mecid, $3 epoch, or null: the latest, $4 hotkey, or null: all
-- columns: epoch, block, inputs_sha256, policy_sha256, hotkey, uid, score,
-- win_rate, weight, jobs, successes
select r.epoch, r.block, r.inputs_sha256, r.policy_sha256, e.hotkey, e.uid,
	e.score, e.win_rate, e.weight, e.jobs, e.successes
from (
	select id, epoch, block, inputs_sha256, policy_sha256
	from score_run
	where netuid = $1 and mecid = $2 and inputs_sha256 is not null
		and ($3::bigint is null or epoch = $3::bigint)
	order by epoch desc
	limit 1) r
join score_entry e on e.run_id = r.id
where $4::text is null or e.hotkey = $4::text
order by e.hotkey collate "C"
