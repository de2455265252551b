-- Attempts that ended and have not been judged, the oldest first; not those
-- whose job's reference is still looked for.
-- $1 netuid, $2 at most so many
-- columns: id, job_id, hotkey, kind, state, reason, side, queue_ms, miner_ms,
-- result_json, result_sha256, measured, params, expect, source, miners_wanted,
-- protocol, deterministic, scoring, language, that the kind assumes, or null;
-- and of the reference: found_by, found_text, found_not, medoid, agreement,
-- outliers; and is_unproven
select a.id, a.job_id, a.hotkey, a.kind, a.state, a.reason, r.side, a.queue_ms,
	a.miner_ms, a.result_json, a.result_sha256, a.measured, j.params,
	j.expect, j.source, j.miners_wanted, k.protocol, k.deterministic, k.scoring,
	k.params -> 'language' ->> 'assumed' as language,
	f.source as found_by, f.text as found_text, f.why as found_not, f.medoid, f.agreement,
	f.outliers, a.is_unproven
from attempt a
join job j on j.id = a.job_id
join kind k on k.netuid = a.netuid and k.name = a.kind
left join reason r on r.name = a.reason
left join reference f on f.netuid = a.netuid and f.job_id = a.job_id
where a.netuid = $1 and a.finished_at is not null and a.judged_at is null
	and (f.state is null or f.state in ('ready', 'none'))
order by a.finished_at
limit $2
