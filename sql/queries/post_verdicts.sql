-- What services said, or did not say (answered: false): then what they said
-- before stands.
-- $1 netuid, $2 now, $3 jsonb array of {service, site, subject, due, answered,
-- is_gone, score, confidence, illicit, phash (a signed integer), detail, why}
-- columns: moved (a picture is known)
with said as (
	insert into post_verdict (netuid, service, site, subject, due_bucket,
		answered_at, is_gone, score, confidence, is_illicit, phash, detail, why)
	select $1, service, site, subject, due, case when answered then
			$2::timestamptz end,
		is_gone, score, confidence, illicit, phash::bit(64), detail, why
	from jsonb_to_recordset($3::jsonb) as v (service text, site text,
		subject text, due bigint, answered boolean, is_gone boolean,
		score double precision, confidence double precision, illicit boolean,
		phash bigint, detail text, why text)
	on conflict (netuid, service, site, subject) do update set
		due_bucket = excluded.due_bucket, why = excluded.why,
		answered_at = coalesce(excluded.answered_at, post_verdict.answered_at),
		is_gone = case when excluded.answered_at is null
			then post_verdict.is_gone else excluded.is_gone end,
		score = case when excluded.answered_at is null or excluded.is_gone
			then post_verdict.score else excluded.score end,
		confidence = case when excluded.answered_at is null or excluded.is_gone
			then post_verdict.confidence else excluded.confidence end,
		is_illicit = case when excluded.answered_at is null or excluded.is_gone
			then post_verdict.is_illicit else excluded.is_illicit end,
		phash = case when excluded.answered_at is null or excluded.is_gone
			then post_verdict.phash else excluded.phash end,
		detail = case when excluded.answered_at is null or excluded.is_gone
			then post_verdict.detail else excluded.detail end
	returning phash
)
select exists (select from said where phash is not null) as moved
