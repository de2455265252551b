-- Receipts of attempts, the latest first: of one job, or of a subnet since a
-- time. Ids are made of their time, which finds the latter; those of attempts
-- that were imported are not, and have no receipt.
-- $1 netuid, $2 job or null for all, $3 since or null, $4 how many
-- columns: job, attempt, hotkey, state, receipt, sticky (the job's key)
select a.job_id as job, a.id as attempt, a.hotkey, a.state, a.receipt, j.sticky
from attempt a
join job j on j.id = a.job_id
where a.netuid = $1 and case when $2::uuid is not null
	then a.job_id = $2::uuid
	else a.id >= (lpad(to_hex(greatest((extract(epoch from coalesce(
			$3::timestamptz, timestamptz 'epoch')) * 1000)::bigint
			- 60000, 0)), 12, '0') || '00000000000000000000')::uuid
		and a.id < (lpad(to_hex((extract(epoch from now()
			+ interval '1 d') * 1000)::bigint), 12, '0')
			|| '00000000000000000000')::uuid
		and ($3::timestamptz is null
			or a.prepared_at >= $3::timestamptz) end
order by case when $2::uuid is not null then a.prepared_at end desc, a.id desc
limit $4
