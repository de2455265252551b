-- How reading a gist went that gave no text: it is as it was, gone or
-- unavailable; unless there is another one by now.
-- $1 netuid, $2 hotkey, $3 text, $4 now, $5 state, $6 due_bucket, $7 gones,
-- $8 gone_bucket, $9 why, $10 nothing is listed any more
-- columns: hotkey
with mine as (
	update gist set state = $5, due_bucket = $6, answered_at = $4,
		gones = $7, gone_bucket = $8, why = $9,
		etag = case when $10::boolean then null else etag end
	where netuid = $1 and hotkey = $2 and text = $3
	returning netuid, hotkey
), unlisted as (
	update post_claim c set is_listed = false
	from mine m
	where c.netuid = m.netuid and c.hotkey = m.hotkey and c.is_listed
		and $10
)
select hotkey from mine
