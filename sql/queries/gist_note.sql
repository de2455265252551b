-- The gist a hotkey commits to. What the one before listed stands until this
-- one has been read; if it can be none, nothing is listed any more.
-- $1 netuid, $2 hotkey, $3 text ("": withdrawn), $4 block, $5 now, $6 the rule
-- it breaks or null
with unlisted as (
	update post_claim set is_listed = false
	where netuid = $1 and hotkey = $2 and is_listed and $6::text is not null
), cleared as (
	delete from gist_fault where netuid = $1 and hotkey = $2
)
insert into gist (netuid, hotkey, text, block, seen_at, wrong)
values ($1, $2, $3, $4, $5, $6)
on conflict (netuid, hotkey) do update set text = excluded.text,
	block = excluded.block, seen_at = excluded.seen_at,
	wrong = excluded.wrong, state = 'unasked', etag = null, sha256 = null,
	due_bucket = 0, asked_at = null, answered_at = null, gones = 0,
	gone_bucket = null, why = null
