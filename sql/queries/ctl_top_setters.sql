-- How weights stand, a row a mechanism.
-- $1 netuid, $2 now
-- columns: mecid, tempos_behind, proven_block, next_block, waits_for, alarm,
-- state (of what is in flight), age_s (of this row), epoch (of the latest
-- round), round_s (its age)
select s.mecid, s.tempos_behind, p.proven_block, s.next_block, s.waits_for,
	s.alarm, f.state::text as state,
	extract(epoch from $2::timestamptz - s.at)::double precision as age_s,
	r.epoch, extract(epoch from $2::timestamptz - r.at)::double precision
		as round_s
from setter s
left join lateral (
	select max(proven_block) as proven_block
	from ledger l
	where l.netuid = s.netuid and l.mecid = s.mecid
		and l.hotkey = s.hotkey and l.state = 'proven') p on true
left join lateral (
	select state
	from ledger l
	where l.netuid = s.netuid and l.mecid = s.mecid
		and l.hotkey = s.hotkey and l.ended_at is null
	order by l.intended_at desc
	limit 1) f on true
left join lateral (
	select epoch, at from score_run
	where netuid = s.netuid and mecid = s.mecid
	order by epoch desc
	limit 1) r on true
where s.netuid = $1
order by s.mecid
