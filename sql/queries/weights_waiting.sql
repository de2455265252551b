-- The newest weight vector nobody has decided on.
-- $1 netuid, $2 mecid
-- columns: id, created_us
select id, (extract(epoch from created_at) * 1000000)::bigint as created_us
from weight_vector
where netuid = $1 and mecid = $2 and taken_at is null
order by created_at desc, id desc
limit 1
