-- The latest scoring round of a subnet.
-- $1 netuid; columns: id, netuid, mecid, epoch, block, at, policy, window_from
select id, netuid, mecid, epoch, block, at, policy, window_from
from score_run
where netuid = $1
order by at desc
limit 1
