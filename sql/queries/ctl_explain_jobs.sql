-- Judged attempts with what a round made of them, in the order they are given.
-- $1 attempts, and of each: $2 speed, $3 accuracy, $4 value, $5 what it gave
-- columns: attempt, kind, source, at, success, ms, speed, accuracy, value,
-- gave, state, reason, faults (JSON)
select j.attempt_id as attempt, j.kind, j.source::text as source,
	j.ended_at as at, j.success, j.miner_ms as ms, g.speed, g.accuracy,
	g.value, g.gave, j.detail ->> 'state' as state,
	j.detail ->> 'reason' as reason, j.detail -> 'faults' as faults
from unnest($1::uuid[], $2::double precision[], $3::double precision[],
		$4::double precision[], $5::double precision[])
	with ordinality as g (attempt, speed, accuracy, value, gave, place)
join judgement j on j.attempt_id = g.attempt
order by g.place
