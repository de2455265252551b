-- Receipts of the latest attempts, with the tables they were drawn from: what
-- each miner's share is counted from. Ids are made of their time; those of
-- attempts that were imported are not, and nearly all lie behind now's.
-- $1 netuid, $2 those before this attempt, or null, $3 how many
-- columns: id, receipt, sticky (the job's key, or null), table_id, body
-- (of the table; null: it is not kept any more)
select a.id, a.receipt, j.sticky, a.receipt ->> 'table' as table_id, t.body
from (
	select id, job_id, netuid, receipt
	from attempt
	where netuid + 0 = $1 and id < coalesce($2, (lpad(to_hex((extract(
		epoch from now() + interval '1 d') * 1000)::bigint), 12, '0')
		|| '00000000000000000000')::uuid)
	order by id desc
	limit $3) a
left join job j on j.id = a.job_id
left join route_table t on t.netuid = a.netuid
	and t.id = a.receipt ->> 'table'
order by a.id desc
