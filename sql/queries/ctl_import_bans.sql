-- Hotkeys that get no job; one that is banned already stays so for its own
-- reason.
-- $1 netuid, $2 jsonb array of {hotkey, at_us, reason}
-- columns: added
with added as (
	insert into miner (netuid, hotkey, banned_at, ban_reason)
	select distinct on (b.hotkey) $1::integer, b.hotkey,
		timestamptz 'epoch' + b.at_us * interval '1 us', b.reason
	from jsonb_to_recordset($2::jsonb) as b (hotkey text, at_us bigint,
		reason text)
	order by b.hotkey, b.at_us
	on conflict (netuid, hotkey) do update set
		banned_at = excluded.banned_at,
		ban_reason = excluded.ban_reason
	where miner.banned_at is null
	returning hotkey
)
select count(*) as added from added
