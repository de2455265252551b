-- Whom the last thousand attempts were given to, the oldest first.
-- $1 netuid
-- columns: body, the JSON text
select json_build_object('candidates', coalesce(json_agg(
	json_build_object('selected_at', a.prepared_at,
		'miner', json_build_object('uid', a.uid, 'hotkey', a.hotkey,
			'network_address', 'https://' || a.address,
			'valid', coalesce(m.is_up, false),
			'alpha_stake', floor(n.alpha_stake / 1e9)::bigint,
			'capacity', json_build_object(k.capacity_key, true),
			'failed_audits', 0,
			'failure_count', floor(m.failures)::bigint))
	order by a.id), '[]'))::text as body
from (
	select * from attempt
	order by id desc
	limit 1000) a
join kind k on k.netuid = a.netuid and k.name = a.kind
left join neuron n on n.netuid = a.netuid and n.hotkey = a.hotkey
left join miner m on m.netuid = a.netuid and m.hotkey = a.hotkey
where a.netuid = $1
