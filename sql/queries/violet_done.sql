-- Finished jobs, as tasks of Violet's, that a validator has not seen, the
-- oldest first.
-- $1 netuid, $2 validator, $3 behind this job; null: from the oldest,
-- $4 kinds, $5 how many, $6 made since
-- columns: id, kind, state, priority, params, tenant, created_us, finished_us,
-- wanted, min, input_of, input_type, input_sha256, input_bytes, assigned (JSON
-- array of uids), asked (attempts), given_us (the first's, 0: none), answers
-- (JSON array of {id, uid, hotkey, state, type, bytes, json, ms, at_us}, the
-- quickest first), best (attempt), seen (JSON array of {validator, uid, at_us})
select j.id, j.kind, j.state, j.priority, j.params, j.tenant,
	(extract(epoch from j.created_at) * 1e6)::bigint as created_us,
	coalesce((extract(epoch from j.finished_at) * 1e6)::bigint, 0)
		as finished_us,
	j.miners_wanted as wanted, j.miners_min as min,
	coalesce(j.input_of, j.id) as input_of, j.input_type, j.input_sha256,
	coalesce(j.input_bytes, 0) as input_bytes,
	a.assigned, a.asked, a.given_us, a.answers,
	coalesce(j.best_attempt::text, a.answers -> 0 ->> 'id') as best, s.seen
from (
	select * from job
	where netuid = $1 and state = 'done' and kind = any ($4::text[])
		and created_at >= $6
		and ($3::uuid is null or (created_at, id) > (
			select created_at, id from job where id = $3))
		and not exists (
			select from violet_seen v
			where v.netuid = $1 and v.job_id = job.id
				and v.validator = $2)
	order by created_at, id
	limit $5) j
left join lateral (
	select coalesce(json_agg(t.uid order by t.id), '[]') as assigned,
		count(*) as asked, coalesce((extract(epoch from
			min(t.sent_at)) * 1e6)::bigint, 0) as given_us,
		coalesce(json_agg(json_build_object('id', t.id, 'uid', t.uid,
			'hotkey', t.hotkey, 'state', t.state,
			'type', t.result_type, 'bytes', t.result_bytes,
			'json', t.result_json, 'ms', t.miner_ms,
			'at_us', (extract(epoch from t.received_at)
				* 1e6)::bigint)
			order by t.miner_ms) filter (where
				t.state = 'delivered'), '[]') as answers
	from attempt t
	where t.job_id = j.id) a on true
left join lateral (
	select coalesce(json_agg(json_build_object('validator', v.validator,
		'uid', v.uid, 'at_us', (extract(epoch from v.at)
			* 1e6)::bigint) order by v.at), '[]') as seen
	from violet_seen v
	where v.netuid = j.netuid and v.job_id = j.id) s on true
order by j.created_at, j.id
