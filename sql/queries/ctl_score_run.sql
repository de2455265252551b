-- The latest scoring round of a mechanism.
-- $1 netuid, $2 mecid; columns: id, netuid, mecid, epoch, block, at, policy, window_from
select id, netuid, mecid, epoch, block, at, policy, window_from
from score_run
where netuid = $1 and mecid = $2
order by at desc
limit 1
