-- Move an intention from one state to another; the vector of one that the
-- chain has is taken.
-- $1 id, $2 state it is in, $3 state to go to, $4 now, $5 block or null,
-- $6 its hash or null, $7 reason or null, $8 commit_epoch or null
-- columns: id; no row if it was in another state
with moved as (
	update ledger set
		state = $3::ledger_state,
		submitted_at = case when $3::ledger_state in ('submitted',
			'included', 'finalized') then coalesce(submitted_at,
			$4::timestamptz) else submitted_at end,
		included_block = case $3::ledger_state
			when 'included' then $5::bigint
			when 'submitted' then null
			when 'finalized' then coalesce($5::bigint,
				included_block)
			else included_block end,
		included_hash = case $3::ledger_state
			when 'included' then $6
			when 'submitted' then null
			when 'finalized' then coalesce($6, included_hash)
			else included_hash end,
		finalized_block = case $3::ledger_state
			when 'finalized' then $5::bigint
			when 'unknown' then null
			else finalized_block end,
		finalized_hash = case $3::ledger_state
			when 'finalized' then $6
			when 'unknown' then null
			else finalized_hash end,
		proven_block = case $3::ledger_state
			when 'proven' then $5::bigint end,
		proven_hash = case $3::ledger_state when 'proven' then $6 end,
		ended_at = case when $3::ledger_state in ('proven', 'refused',
			'expired') then $4::timestamptz end,
		reason = coalesce($7, reason),
		commit_epoch = coalesce($8::bigint, commit_epoch)
	where id = $1 and state = $2::ledger_state
	returning id, vector_id, state
), taken as (
	update weight_vector v set taken_at = $4::timestamptz
	from moved m
	where v.id = m.vector_id and m.state in ('committed', 'proven')
		and v.taken_at is null
)
select id from moved
