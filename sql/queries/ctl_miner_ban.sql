-- A miner that gets no job from now on; one that is banned already gets the
-- new reason. It need not have served anybody yet.
-- $1 netuid, $2 hotkey, $3 now, $4 reason or null
-- columns: hotkey, banned_at, ban_reason
insert into miner (netuid, hotkey, banned_at, ban_reason)
values ($1, $2, $3, $4)
on conflict (netuid, hotkey) do update set
	banned_at = coalesce(miner.banned_at, excluded.banned_at),
	ban_reason = excluded.ban_reason
returning hotkey, banned_at, ban_reason
