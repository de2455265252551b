-- The miners as the API shows them.
-- $1 netuid, $2 now, $3 since when who asked for work is there
-- columns: body, the JSON text
select coalesce(json_agg(json_build_object(
	'hotkey', n.hotkey, 'uid', n.uid, 'address', d.address,
	'alpha_stake', n.alpha_stake / 1e9, 'is_up', coalesce(m.is_up, false)
		or coalesce(m.polled_at >= $3, false),
	'capacity', m.capacity, 'pulls', m.pulls, 'polled_at', m.polled_at, 'earned', coalesce(l.earned, '{}'),
	'failures', m.failures, 'ejected_until', m.ejected_until,
	'failed_audits', (select count(*) from audit_failure
		where netuid = n.netuid and hotkey = n.hotkey
			and expires_at > $2),
	'banned', m.banned_at is not null, 'probed_at', m.probed_at,
	'score', e.score, 'win_rate', e.win_rate, 'weight', e.weight,
	'epoch', e.epoch) order by n.uid), '[]')::text as body
from neuron n
left join miner_door d on d.netuid = n.netuid and d.hotkey = n.hotkey
left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
left join (
	select hotkey, jsonb_object_agg(capacity_key, earned) as earned
	from lane
	where netuid = $1
	group by hotkey) l on l.hotkey = n.hotkey
left join (
	select se.*, sr.epoch from score_entry se
	join score_run sr on sr.id = se.run_id
	where sr.id = (select id from score_run where netuid = $1
		order by epoch desc limit 1)) e on e.hotkey = n.hotkey
where n.netuid = $1 and (d.address is not null or m.polled_at is not null)
