-- One job and what its attempts have come to. round_failed: of those made
-- last together, and a hedge of one of them, one ended otherwise than by our own fault.
-- tried: who has or had an attempt of it, or of its item of the corpus.
-- $1 id, $2 netuid
-- columns: the job's, and open, received, delivered, tried, best, round_failed
-- (+ 0: found by its id, whatever is known of the tables yet)
select j.id, j.kind, j.state, j.params, j.input_sha256, j.input_type,
	j.input_bytes, j.input_of, j.sticky, j.only_hotkey, j.miners_min,
	j.miners_wanted, j.retries_left, j.tries, j.traceparent,
	(extract(epoch from j.created_at) * 1e6)::bigint as created_us,
	(extract(epoch from j.deadline_at) * 1e6)::bigint as deadline_us,
	count(a.id) filter (where a.finished_at is null) as open,
	count(a.id) filter (where a.state = 'received') as received,
	count(a.id) filter (where a.state = 'delivered') as delivered,
	case when j.item is null
		then coalesce(json_agg(a.hotkey) filter (where a.id is not null),
			'[]')
		else (select coalesce(json_agg(distinct o.hotkey), '[]')
			from job i join attempt o on o.job_id = i.id
			where i.netuid = j.netuid and i.item = j.item)
	end as tried,
	(array_agg(a.id order by a.miner_ms)
		filter (where a.state = 'delivered'))[1] as best,
	coalesce(bool_or(a.state <> 'abandoned') filter (where a.prepared_at >= (
		select max(prepared_at) from attempt
		where job_id = j.id and hedge_of is null)),
		false) as round_failed
from job j
left join attempt a on a.job_id = j.id
where j.id = $1 and j.netuid + 0 = $2
group by j.id
