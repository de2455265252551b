-- One miner as the chain, the orchestrators and the latest round have it; no
-- row: it is no neuron of the subnet, and was never tried.
-- $1 netuid, $2 hotkey, $3 now, $4 mecid whose scores are shown
-- columns: hotkey, uid (null: no neuron), coldkey, stake (alpha), block (of the
-- newest snapshot), address, is_axon (it is the chain's, none was committed),
-- is_up, probed_at, down_at, polled_at, in_flight, failures, streak,
-- ejected_until, failed_audits, audits_until, banned_at, ban_reason, epoch (of
-- the latest round), jobs, score, win_rate, weight, rank (by score), scored
select k.hotkey, n.uid, n.coldkey,
	(n.alpha_stake / 1e9)::double precision as stake, s.block, d.address,
	d.is_axon, coalesce(m.is_up, false) as is_up, m.probed_at, m.down_at,
	m.polled_at, (
		select count(*) from attempt
		where netuid = $1 and finished_at is null and hotkey = $2)
		as in_flight,
	coalesce(m.failures, 0) as failures, coalesce(m.streak, 0) as streak,
	m.ejected_until, coalesce(f.failed, 0) as failed_audits,
	f.until as audits_until, m.banned_at, m.ban_reason, r.epoch, e.jobs,
	e.score, e.win_rate, e.weight, (
		select count(*) + 1 from score_entry o
		where o.run_id = r.id and o.score > e.score) as rank, (
		select count(*) from score_entry o
		where o.run_id = r.id and o.score > 0) as scored
from (select $2::text as hotkey) k
left join neuron n on n.netuid = $1 and n.hotkey = k.hotkey
left join miner m on m.netuid = $1 and m.hotkey = k.hotkey
left join miner_door d on d.netuid = $1 and d.hotkey = k.hotkey
left join lateral (
	select max(block) as block from snapshot where netuid = $1) s on true
left join lateral (
	select count(*) as failed, max(expires_at) as until
	from audit_failure
	where netuid = $1 and hotkey = $2 and expires_at > $3) f on true
left join lateral (
	select id, epoch from score_run
	where netuid = $1 and mecid = $4
	order by epoch desc
	limit 1) r on true
left join score_entry e on e.run_id = r.id and e.hotkey = k.hotkey
where n.hotkey is not null or m.hotkey is not null
