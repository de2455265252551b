-- How the chain's endpoints stand; and what is older than a week is forgotten.
-- $1 netuid, $2 now, $3 endpoints, $4 is_up, $5 is_in_use, $6 is_distrusted,
-- $7 lag_blocks, $8 latencies in ms or null, $9 answered, $10 limited,
-- $11 failed (arrays of one length)
with old as (
	delete from endpoint_weather
	where netuid = $1 and at < $2::timestamptz - interval '7 d'
)
insert into endpoint_weather (netuid, at, endpoint, is_up, is_in_use,
	is_distrusted, lag_blocks, latency_ms, answered, limited, failed)
select $1, $2, w.*
from unnest($3::text[], $4::boolean[], $5::boolean[], $6::boolean[],
	$7::bigint[], $8::double precision[], $9::bigint[], $10::bigint[],
	$11::bigint[]) as w
on conflict do nothing
