-- Who holds each uid of a subnet, and what validators set there; weights are
-- null of those who set none.
-- $1 netuid, $2 mecid
-- columns: uid, hotkey, validator_permit, ours (a setter of ours has that
-- hotkey), last_update, block (of the snapshot the weights changed in),
-- weights (JSON: [[uid, weight of 65535], ...])
select n.uid, n.hotkey, n.validator_permit,
	exists (select from setter s where s.netuid = n.netuid
		and s.hotkey = n.hotkey) as ours,
	n.last_update, w.block, w.weights
from neuron n
left join validator_weights w on w.netuid = n.netuid and w.mecid = $2
	and w.uid = n.uid and w.hotkey = n.hotkey
where n.netuid = $1
order by n.uid
