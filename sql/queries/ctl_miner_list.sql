-- The miners of a subnet: neurons that said where they are, or that we have
-- tried, best score first.
-- $1 netuid, $2 now, $3 mecid; columns: hotkey, uid, stake (alpha), address, is_up, capacity,
-- earned (slots by what capacity calls the kind), ejected (until when it is
-- out, or was since when it is tried by one attempt at a time), failures,
-- failed_audits, banned, ban_reason, jobs, score, win_rate, weight
select n.hotkey, n.uid, (n.alpha_stake / 1e9)::double precision as stake,
	d.address, coalesce(m.is_up, false) as is_up,
	coalesce(m.capacity, '{}') as capacity,
	coalesce(l.earned, '{}') as earned, m.ejected_until as ejected,
	coalesce(m.failures, 0) as failures,
	(select count(*) from audit_failure
		where netuid = n.netuid and hotkey = n.hotkey
			and expires_at > $2) as failed_audits,
	m.banned_at is not null as banned, m.ban_reason,
	e.jobs, e.score, e.win_rate, e.weight
from neuron n
left join miner_door d on d.netuid = n.netuid and d.hotkey = n.hotkey
left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
left join (
	select hotkey, jsonb_object_agg(capacity_key,
		round(earned::numeric, 2)) as earned
	from lane
	where netuid = $1
	group by hotkey) l on l.hotkey = n.hotkey
left join score_entry e on e.hotkey = n.hotkey and e.run_id = (
	select id from score_run
	where netuid = $1 and mecid = $3
	order by at desc
	limit 1)
where n.netuid = $1 and (d.address is not null or m.hotkey is not null)
order by e.score desc nulls last, n.uid
