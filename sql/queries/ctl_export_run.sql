-- One scoring round and its policy.
-- $1 netuid, $2 mecid, $3 epoch, or null: the latest
-- columns: id, epoch, block, from_us, at_us, policy, seen, inputs_sha256,
-- vector (its weight vector)
select r.id, r.epoch, r.block,
	(extract(epoch from r.window_from) * 1e6)::bigint as from_us,
	(extract(epoch from r.at) * 1e6)::bigint as at_us, p.text as policy,
	r.seen, r.inputs_sha256, v.id as vector
from score_run r
join policy p on p.sha256 = r.policy_sha256
join weight_vector v on v.run_id = r.id and v.source = 'validator'
where r.netuid = $1 and r.mecid = $2
	and ($3::bigint is null or r.epoch = $3::bigint)
order by r.at desc
limit 1
