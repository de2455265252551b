-- A miner asks for its work: it is there, and says what it takes at once; or
-- only for what it was given. It must be who is registered under the uid. Whose
-- hotkey once proved as much is not believed without any more.
-- $1 netuid, $2 uid, $3 its hotkey; null: not proven, $4 pulls; null: it does
-- not ask for work, $5 now
-- columns: hotkey; no row if it is not
insert into miner (netuid, hotkey, pulls, polled_at, proven_at)
select netuid, hotkey, coalesce($4::jsonb, '{}'),
	case when $4::jsonb is not null then $5::timestamptz end,
	case when $3::text is not null then $5::timestamptz end
from neuron
where netuid = $1 and uid = $2 and hotkey = coalesce($3::text, hotkey)
on conflict (netuid, hotkey) do update set
	pulls = coalesce($4::jsonb, miner.pulls),
	polled_at = coalesce(excluded.polled_at, miner.polled_at),
	proven_at = coalesce(excluded.proven_at, miner.proven_at)
where excluded.proven_at is not null or miner.proven_at is null
returning hotkey
