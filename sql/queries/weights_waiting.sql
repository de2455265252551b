-- The newest weight vector nobody has decided on. One that was accepted by
-- hand is as new as that.
-- $1 netuid, $2 mecid
-- columns: id, source, is_accepted, created_us
select id, source, accepted_at is not null as is_accepted,
	(extract(epoch from coalesce(accepted_at, created_at)) * 1000000)::bigint
		as created_us
from weight_vector
where netuid = $1 and mecid = $2 and taken_at is null
order by coalesce(accepted_at, created_at) desc, id desc
limit 1
