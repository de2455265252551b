-- A miner's attempt of a job, as its call about it needs to know it. A miner is
-- known by its hotkey; one that did not prove that has only what was given to
-- such ones, at the uid that it says.
-- $1 job id, $2 netuid, $3 hotkey; null: not proven, $4 uid; null: not said
-- columns: is_miner (uid and hotkey are one); job_kind, job_state, priority,
-- params, wanted and the input's, null if there is no such job; id, job_id,
-- kind, hotkey, uid, state, result_sha256, deadline_us, is_turned_away, null if
-- the miner has none
with who as (
	select hotkey from neuron
	where netuid = $2 and ($3::text is null or hotkey = $3)
		and ($4::integer is null or uid = $4)
)
select exists (select from who) as is_miner, j.kind as job_kind,
	j.state as job_state, j.priority, j.params, j.miners_wanted as wanted,
	a.id, a.job_id, a.kind, a.hotkey, a.uid, a.state, a.result_sha256,
	(extract(epoch from a.deadline_at) * 1e6)::bigint as deadline_us,
	a.turned_away_at is not null as is_turned_away,
	j.input_type, j.input_sha256, coalesce(j.input_bytes, 0) as input_bytes,
	coalesce(j.input_of, j.id) as input_of
from (values (1)) as one (row)
left join job j on j.id = $1 and j.netuid + 0 = $2
left join attempt a on a.job_id = j.id
	and a.hotkey in (select hotkey from who)
	and a.is_unproven = ($3::text is null)
limit 1
