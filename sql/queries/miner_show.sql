-- A page of the miners, by uid, as the API shows them; or one.
-- $1 netuid, $2 now, $3 behind this uid, or null, $4 how many, $5 this hotkey
-- only, or null, $6 since when who asked for work is there, $7 mecid whose
-- scores are shown
-- columns: body, the JSON text; n; next, the uid of the last, if there are more
with page as (
	select n.netuid, n.hotkey, n.uid, n.alpha_stake, d.address,
		row_number() over (order by n.uid) as place
	from neuron n
	left join miner_door d on d.netuid = n.netuid and d.hotkey = n.hotkey
	left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
	where n.netuid = $1
		and (d.address is not null or m.polled_at is not null)
		and n.uid > coalesce($3::integer, -1)
		and ($5::text is null or n.hotkey = $5)
	order by n.uid
	limit $4::integer + 1
), run as (
	select id, epoch
	from score_run
	where netuid = $1 and mecid = $7
	order by epoch desc
	limit 1
), shown as (
	select n.uid, json_build_object(
		'hotkey', n.hotkey, 'uid', n.uid, 'address', n.address,
		'alpha_stake', n.alpha_stake / 1e9,
		'is_up', coalesce(m.is_up, false)
			or coalesce(m.polled_at >= $6, false),
		'capacity', m.capacity, 'pulls', m.pulls,
		'polled_at', m.polled_at,
		'earned', (
			select coalesce(jsonb_object_agg(capacity_key, earned),
				'{}')
			from lane
			where netuid = $1 and hotkey = n.hotkey),
		'failures', m.failures, 'ejected_until', m.ejected_until,
		'failed_audits', (
			select count(*)
			from audit_failure
			where netuid = n.netuid and hotkey = n.hotkey
				and expires_at > $2),
		'banned', m.banned_at is not null, 'probed_at', m.probed_at,
		'score', e.score, 'win_rate', e.win_rate, 'weight', e.weight,
		'epoch', case when e.hotkey is not null then run.epoch end
		) as miner
	from page n
	left join run on true
	left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
	left join score_entry e on e.run_id = run.id and e.hotkey = n.hotkey
	where n.place <= $4
)
select case when $5::text is not null then (select miner from shown)
	else json_build_object('miners', (
		select coalesce(json_agg(miner order by uid), '[]')
		from shown), 'next', p.next) end::text as body,
	p.n, p.next
from (
	select count(*) as n, case when count(*) > $4
		then (max(uid) filter (where place = $4))::text end as next
	from page) p
