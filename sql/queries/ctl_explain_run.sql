-- The head of a scoring round, by its weight vector.
-- $1 vector
-- columns: netuid, mecid, epoch, block, window_from, at, policy,
-- policy_sha256, events (judgements), inputs_sha256
select r.netuid, r.mecid, r.epoch, r.block, r.window_from, r.at, r.policy,
	r.policy_sha256, r.events, r.inputs_sha256
from weight_vector v
join score_run r on r.id = v.run_id
where v.id = $1
