-- The newest snapshot's neurons with all that a round asks of them, in the
-- order of their hotkeys' bytes. Who has asked for work in the last day serves,
-- too, wherever it is. Of locks null is not known.
-- $1 netuid, $2 mecid, $3 the time at which failed audits count, $4 begin of
-- the window that payments count in, up to that time
-- columns: block, tempo, hotkey, coldkey, uid, alpha (not rao), address_block,
-- since_us, serves, banned, failed_audits, previous, consensus, before;
-- submission_state (null: none), submission_score, submission_block,
-- submission_at_us, submission_hash, submission_repo; locked and locked_own (not
-- rao), paid
select s.block, (s.hyper ->> 'tempo')::bigint as tempo, n.hotkey, n.coldkey,
	n.uid, (n.alpha_stake / 1e9)::double precision as alpha,
	n.address_block,
	(extract(epoch from c.at) * 1e6)::bigint as since_us,
	d.address is not null or coalesce(m.proven_at >= $3::timestamptz
		- interval '1 day', false) as serves, m.banned_at is not null as banned,
	(select count(*) from audit_failure
		where netuid = n.netuid and hotkey = n.hotkey
			and expires_at > $3) as failed_audits,
	coalesce(p.weight / 65535.0, 0)::double precision as previous,
	coalesce(n.consensus / 65535.0, 0)::double precision as consensus,
	coalesce(b.score, 0) as before,
	case when o.text is null then null when o.wrong is not null then 'wrong'
		else o.state end as submission_state,
	o.score as submission_score, t.block as submission_block,
	(extract(epoch from o.answered_at) * 1e6)::bigint as submission_at_us,
	o.hash as submission_hash, coalesce(o.repo, '') as submission_repo,
	(n.locked / 1e9)::double precision as locked,
	(n.locked_own / 1e9)::double precision as locked_own,
	coalesce(f.paid, 0)::double precision as paid
from neuron n
cross join (
	select block, hyper from snapshot
	where netuid = $1
	order by block desc
	limit 1) s
left join commitment t on t.netuid = n.netuid and t.hotkey = n.hotkey
left join submission o on o.netuid = n.netuid and o.hotkey = n.hotkey
	and o.text = t.text and t.block is not null
left join miner_door d on d.netuid = n.netuid and d.hotkey = n.hotkey
left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
left join (
	select hotkey, sum(amount) as paid
	from feedback_event
	where netuid = $1 and at >= $4 and at <= $3
	group by hotkey) f on f.hotkey = n.hotkey
left join (
	select new_hotkey as hotkey, max(at) as at
	from neuron_change
	where netuid = $1 and new_hotkey is not null
	group by new_hotkey) c on c.hotkey = n.hotkey
left join (
	select e.hotkey, e.uid, u.weight
	from (
		select vector_id, uids, weights from ledger
		where netuid = $1 and mecid = $2 and state = 'proven'
		order by proven_block desc
		limit 1) l
	cross join unnest(l.uids, l.weights) as u (uid, weight)
	join weight_entry e on e.vector_id = l.vector_id and e.uid = u.uid) p
	on p.hotkey = n.hotkey and p.uid = n.uid
left join score_entry b on b.hotkey = n.hotkey and b.run_id = (
	select id from score_run
	where netuid = $1 and mecid = $2
	order by at desc
	limit 1)
where n.netuid = $1
order by n.hotkey collate "C"
