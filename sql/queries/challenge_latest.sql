-- The client's job that came last.
-- $1 netuid
-- columns: at_us, kind, language, input_type
select (extract(epoch from created_at) * 1e6)::bigint as at_us, kind,
	params ->> 'language' as language, input_type
from job
where netuid = $1 and source = 'client'
order by created_at desc
limit 1
