-- Weights of those that have no permit any more, or whose uid is another's,
-- or of mechanisms that are gone. After the neurons are written.
-- $1 netuid, $2 block of the newest snapshot, $3 mechanisms
delete from validator_weights w
where w.netuid = $1
	and $2 = (select max(block) from snapshot where netuid = $1)
	and (w.mecid >= $3 or not exists (
		select from neuron n
		where n.netuid = w.netuid and n.uid = w.uid
			and n.hotkey = w.hotkey and n.validator_permit))
