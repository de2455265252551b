-- How the setters of a subnet stand, with what was proven last, what is in
-- flight, and how many blocks and tempos that is.
-- $1 netuid
-- columns: mecid, hotkey, block, at, tempos_behind, alarm, waits_for,
-- until_block, waiting (vector), call, last_update, next_block, committed,
-- proven_block, proven_hash, proven_extrinsic, proven_at, flight (row),
-- flight_state, flight_call, flight_extrinsic, flight_since, flight_era_death,
-- reveal_block (of the oldest commit that waits), refused (why the newest
-- vector was not sent)
select s.mecid, s.hotkey, s.block, s.at, s.tempos_behind, s.alarm,
	s.waits_for, s.until_block, s.vector_id as waiting, s.call,
	s.last_update, s.next_block, s.committed,
	p.proven_block, p.proven_hash, p.extrinsic_hash as proven_extrinsic,
	p.ended_at as proven_at, f.id as flight, f.state as flight_state,
	f.call as flight_call, f.extrinsic_hash as flight_extrinsic,
	f.intended_at as flight_since, f.era_death as flight_era_death,
	c.reveal_block, v.refusal as refused
from setter s
left join lateral (
	select proven_block, proven_hash, extrinsic_hash, ended_at
	from ledger l
	where l.netuid = s.netuid and l.mecid = s.mecid
		and l.hotkey = s.hotkey and l.state = 'proven'
	order by l.proven_block desc, l.ended_at desc
	limit 1) p on true
left join lateral (
	select id, state, call, extrinsic_hash, intended_at, era_death
	from ledger l
	where l.netuid = s.netuid and l.mecid = s.mecid
		and l.hotkey = s.hotkey and l.state in ('intended',
		'submitted', 'included', 'finalized', 'unknown')
	order by l.intended_at desc
	limit 1) f on true
left join lateral (
	select reveal_block
	from ledger l
	where l.netuid = s.netuid and l.mecid = s.mecid
		and l.hotkey = s.hotkey and l.state = 'committed'
	order by l.intended_at
	limit 1) c on true
left join lateral (
	select refusal
	from weight_vector v
	where v.netuid = s.netuid and v.mecid = s.mecid
	order by coalesce(v.accepted_at, v.created_at) desc, v.id desc
	limit 1) v on true
where s.netuid = $1
order by s.mecid
