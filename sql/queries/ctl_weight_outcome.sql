-- What has become of a weight vector: its last row of the ledger, if it has
-- one.
-- $1 vector
-- columns: vector_id, refusal, taken, ledger_id, state, reason, call,
-- extrinsic_hash, reveal_block, proven_block, proven_hash
select v.id as vector_id, v.refusal, v.taken_at is not null as taken,
	l.id as ledger_id, l.state, l.reason, l.call, l.extrinsic_hash,
	l.reveal_block, l.proven_block, l.proven_hash
from weight_vector v
left join lateral (
	select *
	from ledger r
	where r.vector_id = v.id and r.action <> 'reveal'
	order by r.intended_at desc
	limit 1) l on true
where v.id = $1
