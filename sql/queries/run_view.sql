-- Where the chain is, what the last run was of, whether there is enough to
-- judge by, and whether something waits that ended long ago. No row before the
-- first snapshot.
-- $1 netuid, $2 begin of the window, $3 count judgements up to this, $4 a time
-- or null, $5 mecid, whose run it is
-- columns: block, tempo, last_epoch, last_block, last_us, judgements, is_behind
-- (an attempt of the window that ended before that time is not judged)
select s.block, (s.hyper ->> 'tempo')::bigint as tempo, r.epoch as last_epoch,
	r.block as last_block,
	(extract(epoch from r.at) * 1e6)::bigint as last_us,
	(select count(*) from (
		select from judgement
		where netuid = $1 and at >= $2
		limit $3) j) as judgements,
	exists (select from attempt
		where netuid = $1 and finished_at >= $2 and finished_at < $4
			and judged_at is null) as is_behind
from (
	select block, hyper from snapshot
	where netuid = $1
	order by block desc
	limit 1) s
left join lateral (
	select epoch, block, at from score_run
	where netuid = $1 and mecid = $5
	order by at desc
	limit 1) r on true
