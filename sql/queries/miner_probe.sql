-- Take the miners that are due to be asked for their capacity.
-- $1 netuid, $2 now, $3 asked before this time is due
-- columns: hotkey, address, is_axon: it need not know what is asked
with due as (
	select n.netuid, n.hotkey, n.address, n.is_axon
	from miner_door n
	left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
	where n.netuid = $1
		and (m.probed_at is null or m.probed_at < $3)
	order by n.hotkey collate "C"
	limit 64
)
insert into miner (netuid, hotkey, probed_at)
select netuid, hotkey, $2::timestamptz from due
on conflict (netuid, hotkey) do update set probed_at = excluded.probed_at
	where miner.probed_at is null or miner.probed_at < $3
returning hotkey, (select address from due where due.hotkey = miner.hotkey)
	as address, (select is_axon from due where due.hotkey = miner.hotkey)
	as is_axon
