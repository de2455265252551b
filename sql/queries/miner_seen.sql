-- What a miner said to a probe, or that it said nothing. Of what it has earned
-- above one slot, half is left for each five minutes that it was down.
-- $1 netuid, $2 hotkey, $3 is_up, $4 capacity, $5 now
with was as (
	select is_up, down_at from miner
	where netuid = $1 and hotkey = $2
	for update
), decayed as (
	update lane set earned = 1 + greatest(0, lane.earned - 1)
			* exp(-ln(2.0) * greatest(0, extract(epoch from
				$5::timestamptz - was.down_at)) / 300),
		at = $5
	from was
	where lane.netuid = $1 and lane.hotkey = $2 and $3::boolean
		and not was.is_up and was.down_at is not null
)
update miner set is_up = $3, capacity = $4,
	down_at = case when $3 then null
		else coalesce(miner.down_at, $5) end
from was
where netuid = $1 and hotkey = $2
