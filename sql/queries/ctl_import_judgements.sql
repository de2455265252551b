-- What attempts of another system's count for, as of when they ended.
-- $1 netuid, $2 jsonb array of {id, hotkey, kind, source, success, ended_us,
-- miner_ms, upstream}
-- columns: added
with added as (
	insert into judgement (attempt_id, netuid, hotkey, kind, at, success,
		detail, source, ended_at, miner_ms, reason)
	select j.id, $1::integer, j.hotkey, j.kind,
		timestamptz 'epoch' + j.ended_us * interval '1 us', j.success,
		jsonb_build_object('imported', j.upstream), j.source,
		timestamptz 'epoch' + j.ended_us * interval '1 us', j.miner_ms,
		'imported'
	from jsonb_to_recordset($2::jsonb) as j (id uuid, hotkey text,
		kind text, source job_source, success boolean, ended_us bigint,
		miner_ms double precision, upstream text)
	join attempt a on a.id = j.id and a.netuid = $1
	on conflict (attempt_id) do nothing
	returning attempt_id
)
select count(*) as added from added
