-- Weights for the page: how the setters stand, what is planned, the ledger,
-- and what was proven last. A vector that the chain does not show yet is said
-- to those alone who may know it before.
-- $1 netuid, $2 how many of the ledger, $3 the plan is said
-- columns: body, the JSON text
with proven as (
	select distinct on (mecid) id, mecid, vector_id, hotkey, call, action,
		uids, weights, extrinsic_hash, intended_at, proven_block,
		proven_hash, ended_at
	from ledger
	where netuid = $1 and state = 'proven'
	order by mecid, proven_block desc, ended_at desc
), held as (
	select p.mecid, u.uid, u.weight,
		u.weight::float / nullif(sum(u.weight)
			over (partition by p.mecid), 0) as share
	from proven p
	cross join unnest(p.uids, p.weights) as u (uid, weight)
), vector as (
	select distinct on (mecid) id, mecid, source, block, created_at,
		accepted_at, taken_at, refusal
	from weight_vector
	where netuid = $1 and $3::boolean
	order by mecid, coalesce(accepted_at, created_at) desc, id desc
), entry as (
	select v.mecid, e.uid, e.hotkey, n.uid is not null as stands,
		case when n.uid is null then 0 else e.weight end as weight
	from vector v
	join weight_entry e on e.vector_id = v.id
	left join neuron n on n.netuid = $1 and n.uid = e.uid
		and n.hotkey = e.hotkey
), planned as (
	select mecid, uid, hotkey, stands,
		weight / nullif(sum(weight) over (partition by mecid), 0)
			as share
	from entry
), move as (
	select coalesce(p.mecid, h.mecid) as mecid,
		coalesce(p.uid, h.uid) as uid,
		coalesce(p.hotkey, n.hotkey) as hotkey,
		coalesce(h.share, 0) as old, coalesce(p.share, 0) as new,
		coalesce(p.stands, true) as stands
	from planned p
	full join held h on h.mecid = p.mecid
		and h.uid = case when p.stands then p.uid end
	left join neuron n on n.netuid = $1 and n.uid = h.uid
)
select json_build_object(
	'setters', (select coalesce(json_agg(json_build_object(
			'mecid', mecid, 'hotkey', hotkey, 'block', block,
			'at', at, 'call', call, 'last_update', last_update,
			'next_block', next_block,
			'tempos_behind', tempos_behind, 'committed', committed,
			'waits_for', waits_for, 'until_block', until_block,
			'alarm', alarm) order by mecid), '[]')
		from setter
		where netuid = $1),
	'plans', (select coalesce(json_agg(json_build_object(
			'mecid', v.mecid, 'source', v.source, 'block', v.block,
			'created_at', v.created_at,
			'accepted_at', v.accepted_at, 'taken_at', v.taken_at,
			'refusal', v.refusal,
			'churn', (select sum(abs(old - new)) / 2 from move m
				where m.mecid = v.mecid),
			'moves', (select coalesce(json_agg(json_build_object(
					'uid', uid, 'hotkey', hotkey,
					'old', old, 'new', new,
					'stands', stands)
					order by new desc, old desc, uid), '[]')
				from move m
				where m.mecid = v.mecid)) order by v.mecid), '[]')
		from vector v),
	'plans_are_said', $3::boolean,
	'proofs', (select coalesce(json_agg(json_build_object(
			'mecid', p.mecid, 'hotkey', p.hotkey, 'call', p.call,
			'action', p.action, 'extrinsic_hash', p.extrinsic_hash,
			'intended_at', p.intended_at,
			'proven_block', p.proven_block,
			'proven_hash', p.proven_hash, 'proven_at', p.ended_at,
			'weights', (select coalesce(json_agg(json_build_object(
					'uid', h.uid, 'hotkey', n.hotkey,
					'weight', h.weight, 'share', h.share)
					order by h.weight desc, h.uid), '[]')
				from held h
				left join neuron n on n.netuid = $1
					and n.uid = h.uid
				where h.mecid = p.mecid)) order by p.mecid), '[]')
		from proven p),
	'ledger', (select coalesce(json_agg(json_build_object('id', l.id,
			'mecid', l.mecid, 'state', l.state,
			'reason', l.reason, 'call', l.call,
			'action', l.action, 'nonce', l.nonce,
			'extrinsic_hash', l.extrinsic_hash,
			'uids', cardinality(l.uids),
			'intended_at', l.intended_at,
			'submitted_at', l.submitted_at,
			'included_block', l.included_block,
			'finalized_block', l.finalized_block,
			'reveal_block', l.reveal_block,
			'proven_block', l.proven_block,
			'proven_hash', l.proven_hash,
			'ended_at', l.ended_at)
			order by l.intended_at desc), '[]')
		from (
			select * from ledger
			where netuid = $1
			order by intended_at desc
			limit $2) l))::text as body
