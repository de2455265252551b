-- The miners as Dippy's orchestrator shows them: those that may get work.
-- $1 netuid, $2 now
-- columns: body, the JSON text
select json_build_object('data', coalesce(json_object_agg(n.hotkey,
		json_build_object('uid', n.uid, 'hotkey', n.hotkey,
			'network_address', 'https://' || n.address,
			'valid', true,
			'alpha_stake', floor(n.alpha_stake / 1e9)::bigint,
			'capacity', coalesce(c.capacity, '{}'),
			'failed_audits', 0,
			'failure_count', floor(m.failures)::bigint)
		order by n.uid), '{}'),
	'block', (select max(block) from snapshot where netuid = $1),
	'meta', null, 'last_updated', max(m.probed_at))::text as body
from neuron n
join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
left join lateral (
	select json_object_agg(key, case jsonb_typeof(value)
		when 'boolean' then value = 'true'
		when 'number' then value::float8 > 0 else false end) as capacity
	from jsonb_each(case jsonb_typeof(m.capacity) when 'object'
		then m.capacity else '{}' end)) c on true
where n.netuid = $1 and n.address is not null and m.is_up
	and m.banned_at is null and not exists (
		select from audit_failure f
		where f.netuid = n.netuid and f.hotkey = n.hotkey
			and f.expires_at > $2)
