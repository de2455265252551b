-- Everything routing needs to know of every miner of a subnet. A neuron
-- without a door is none: validators would be waited for in vain; unless it
-- asked for work not long ago.
-- $1 netuid, $2 now, $3 since when who asked for work is there, $4 mecid whose
-- scores count
-- columns: hotkey, uid, block, address (empty: none), is_axon (it is a
-- classic axon's), alpha (not rao), capacity, pulls (null: does not ask for
-- work), is_up, down_us, failures, failures_us, streak, ejections, ejected_us,
-- until_us, is_out, score, earned (slots by capacity key)
select n.hotkey, n.uid,
	coalesce((select max(block) from snapshot where netuid = $1), n.block)
		as block, coalesce(d.address, '') as address,
	coalesce(d.is_axon, false) as is_axon,
	(n.alpha_stake / 1e9)::double precision as alpha,
	case when d.address is null then '{}'
		else coalesce(m.capacity, '{}') end as capacity,
	case when m.polled_at >= $3 then m.pulls end as pulls,
	coalesce(m.polled_at >= $3, false)
		or (d.address is not null and coalesce(m.is_up, false))
		as is_up,
	coalesce(extract(epoch from m.down_at) * 1e6, 0)::bigint as down_us,
	coalesce(m.failures, 0) as failures,
	coalesce(extract(epoch from m.failures_at) * 1e6, 0)::bigint
		as failures_us,
	coalesce(m.streak, 0) as streak, coalesce(m.ejections, 0) as ejections,
	coalesce(extract(epoch from m.ejected_at) * 1e6, 0)::bigint
		as ejected_us,
	coalesce(extract(epoch from m.ejected_until) * 1e6, 0)::bigint
		as until_us,
	(m.banned_at is not null or exists (
		select from audit_failure
		where netuid = n.netuid and hotkey = n.hotkey
			and expires_at > $2)) as is_out,
	e.score, coalesce(l.earned, '{}') as earned
from neuron n
left join miner_door d on d.netuid = n.netuid and d.hotkey = n.hotkey
left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
left join (
	select hotkey, jsonb_object_agg(capacity_key, earned) as earned
	from lane
	where netuid = $1
	group by hotkey) l on l.hotkey = n.hotkey
left join score_entry e on e.hotkey = n.hotkey and e.run_id = (
	select id from score_run
	where netuid = $1 and mecid = $4
	order by epoch desc
	limit 1)
where n.netuid = $1 and (d.address is not null or m.polled_at >= $3)
order by n.hotkey collate "C"
