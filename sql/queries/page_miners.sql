-- The miners, by uid, for the page; or one: how they stand, what the latest
-- round gave them, and their scores of the rounds before. What a round weighs
-- them is said to those alone who may know it before the chain does.
-- $1 netuid, $2 now, $3 mecid, $4 this hotkey only, or null, $5 how many rounds
-- of each, $6 weights are said
-- columns: body, the JSON text; n, how many there are
with run as materialized (
	select id, epoch, at, row_number() over (order by epoch desc) as ago
	from score_run
	where netuid = $1 and mecid = $3
	order by epoch desc
	limit $5
), latest as (
	select id, epoch, at from run where ago = 1
), past as materialized (
	select e.hotkey, json_agg(e.score order by r.epoch) as scores,
		json_agg(r.epoch order by r.epoch) as epochs,
		json_agg((extract(epoch from r.at))::bigint order by r.epoch)
			as at_s
	from run r
	join score_entry e on e.run_id = r.id
	where $4::text is null or e.hotkey = $4
	group by e.hotkey
), shown as (
	select n.uid, json_build_object('hotkey', n.hotkey, 'uid', n.uid,
		'coldkey', n.coldkey, 'address', d.address,
		'alpha_stake', (n.alpha_stake / 1e9)::double precision,
		'is_up', coalesce(m.is_up, false) or coalesce(m.polled_at >
			$2::timestamptz - interval '1 minute', false),
		'pulls', coalesce(m.pulls <> '{}', false), 'probed_at', m.probed_at,
		'down_at', m.down_at, 'capacity', coalesce(m.capacity, '{}'),
		'earned', (
			select coalesce(jsonb_object_agg(l.capacity_key,
				round(l.earned::numeric, 2)), '{}')
			from lane l
			where l.netuid = $1 and l.hotkey = n.hotkey),
		'failures', m.failures, 'streak', m.streak,
		'ejected_until', m.ejected_until,
		'failed_audits', (
			select count(*)
			from audit_failure f
			where f.netuid = $1 and f.hotkey = n.hotkey
				and f.expires_at > $2),
		'banned', m.banned_at is not null,
		'ban_reason', m.ban_reason, 'jobs', e.jobs,
		'successes', e.successes, 'latency_p50_ms', e.latency_p50_ms,
		'score', e.score, 'win_rate', e.win_rate,
		'weight', case when $6::boolean then e.weight end,
		'out', e.out, 'scores', coalesce(p.scores, '[]'),
		'epochs', coalesce(p.epochs, '[]'),
		'at_s', coalesce(p.at_s, '[]')) as miner
	from neuron n
	left join miner_door d on d.netuid = n.netuid and d.hotkey = n.hotkey
	left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
	left join score_entry e on e.run_id = (select id from latest)
		and e.hotkey = n.hotkey
	left join past p on p.hotkey = n.hotkey
	where n.netuid = $1 and ($4::text is null or n.hotkey = $4)
		and (d.address is not null or m.hotkey is not null
			or e.hotkey is not null)
)
select json_build_object(
	'round', (select json_build_object('epoch', epoch, 'at', at)
		from latest),
	'miners', (select coalesce(json_agg(miner order by uid), '[]')
		from shown))::text as body,
	(select count(*) from shown) as n
