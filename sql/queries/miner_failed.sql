-- One more failure on what is left of the earlier ones (half after ten
-- minutes), and one more in a row. The later of two ejections holds.
-- $1 netuid, $2 hotkey, $3 now, $4 ejections, $5 ejected_at or null,
-- $6 ejected_until or null
-- columns: streak, ejections, ejected_us, until_us
insert into miner (netuid, hotkey, failures, failures_at, streak, ejections,
	ejected_at, ejected_until)
values ($1, $2, 1, $3, 1, $4, $5, $6)
on conflict (netuid, hotkey) do update set
	failures = 1 + miner.failures * exp(-ln(2.0) * greatest(0, coalesce(
		extract(epoch from $3::timestamptz - miner.failures_at), 0))
		/ 600),
	failures_at = $3,
	streak = miner.streak + 1,
	ejections = case when excluded.ejected_until
			> coalesce(miner.ejected_until, '-infinity')
		then excluded.ejections else miner.ejections end,
	ejected_at = case when excluded.ejected_until
			> coalesce(miner.ejected_until, '-infinity')
		then excluded.ejected_at else miner.ejected_at end,
	ejected_until = greatest(excluded.ejected_until, miner.ejected_until)
returning streak, ejections,
	coalesce(extract(epoch from ejected_at) * 1e6, 0)::bigint
		as ejected_us,
	coalesce(extract(epoch from ejected_until) * 1e6, 0)::bigint
		as until_us
