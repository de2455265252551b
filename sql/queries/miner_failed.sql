-- One more failure on what is left of the earlier ones (half after ten
-- minutes).
-- $1 netuid, $2 hotkey, $3 now
-- columns: failures
insert into miner (netuid, hotkey, failures, failures_at)
values ($1, $2, 1, $3)
on conflict (netuid, hotkey) do update set
	failures = 1 + miner.failures * exp(-ln(2.0) * greatest(0, coalesce(
		extract(epoch from $3::timestamptz - miner.failures_at), 0))
		/ 600),
	failures_at = $3
returning failures
