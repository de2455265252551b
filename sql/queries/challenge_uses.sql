-- How many miners are up that were never given an item.
-- $1 netuid, $2 items
-- columns: item, left_over
with had as (
	select j.item, a.hotkey
	from job j
	join attempt a on a.job_id = j.id
	where j.netuid = $1 and j.item = any ($2::text[])
)
select i.item, (select count(*) from miner m
	where m.netuid = $1 and m.is_up and m.hotkey not in (
		select hotkey from had where had.item = i.item)) as left_over
from unnest($2::text[]) as i (item)
