-- What was learnt of lanes since it was last written down, in one statement.
-- In whatever order instances do so, the same comes of it; and in the order of
-- the keys, so that two of them cannot deadlock. A row two of them make at the
-- same time gets the second one's difference.
-- $1 netuid, $2 hotkeys, $3 capacity_keys, $4 factors, $5 raises, $6 what the
-- miners say, $7 what a new lane starts with (arrays of one length), $8 now
with learnt as (
	select *
	from unnest($2::text[], $3::text[], $4::double precision[],
		$5::double precision[], $6::integer[],
		$7::double precision[])
		as l (hotkey, capacity_key, factor, raise, said, start)
), held as (
	select l.*
	from learnt l
	join lane on lane.netuid = $1 and lane.hotkey = l.hotkey
		and lane.capacity_key = l.capacity_key
	order by l.hotkey, l.capacity_key
	for update of lane
), changed as (
	update lane set
		earned = least(l.said, greatest(1,
			least(l.said, lane.earned) * l.factor + l.raise)),
		at = $8
	from held l
	where lane.netuid = $1 and lane.hotkey = l.hotkey
		and lane.capacity_key = l.capacity_key
)
insert into lane (netuid, hotkey, capacity_key, earned, at)
select $1, l.hotkey, l.capacity_key,
	least(l.said, greatest(1, l.start * l.factor + l.raise)), $8
from learnt l
where not exists (select from held where held.hotkey = l.hotkey
	and held.capacity_key = l.capacity_key)
order by l.hotkey, l.capacity_key
on conflict (netuid, hotkey, capacity_key) do update set
	earned = greatest(1, lane.earned + excluded.earned
		- (select min(l.start) from learnt l
			where l.hotkey = excluded.hotkey
			and l.capacity_key = excluded.capacity_key)),
	at = excluded.at
