-- What draws were expected to come to and came to, added to their hour. In the
-- order of the keys, so that two instances cannot deadlock.
-- $1 netuid, $2 hour, $3 capacity_keys, $4 hotkeys, $5 uids, $6 draws,
-- $7 expected, $8 variances, $9 drawn (arrays of one length)
insert into route_share (netuid, at, capacity_key, hotkey, uid, draws,
	expected, variance, drawn)
select $1::integer, $2::timestamptz, s.capacity_key, s.hotkey, s.uid, s.draws, s.expected,
	s.variance, s.drawn
from unnest($3::text[], $4::text[], $5::integer[], $6::bigint[],
	$7::double precision[], $8::double precision[], $9::bigint[])
	as s (capacity_key, hotkey, uid, draws, expected, variance, drawn)
order by s.capacity_key, s.hotkey
on conflict (netuid, at, capacity_key, hotkey) do update set
	uid = excluded.uid,
	draws = route_share.draws + excluded.draws,
	expected = route_share.expected + excluded.expected,
	variance = route_share.variance + excluded.variance,
	drawn = route_share.drawn + excluded.drawn
