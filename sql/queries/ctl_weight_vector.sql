-- The newest weight vector of a mechanism, whatever became of it.
-- $1 netuid, $2 mecid
-- columns: id, source, block, created_at, accepted_at, taken_at, refusal
select id, source, block, created_at, accepted_at, taken_at, refusal
from weight_vector
where netuid = $1 and mecid = $2
order by coalesce(accepted_at, created_at) desc, id desc
limit 1
