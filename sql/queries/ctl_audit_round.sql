-- The weights of a mechanism's latest scoring round at the uids that their
-- hotkeys hold now.
-- $1 netuid, $2 mecid
-- columns: epoch, block, uid, weight (of 1)
select r.epoch, r.block, n.uid, e.weight
from (
	select id, epoch, block
	from score_run
	where netuid = $1 and mecid = $2
	order by epoch desc
	limit 1) r
join score_entry e on e.run_id = r.id and e.weight > 0
join neuron n on n.netuid = e.netuid and n.hotkey = e.hotkey
order by n.uid
