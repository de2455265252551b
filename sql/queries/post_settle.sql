-- New states of claims, each with a row of what has changed. One of which
-- somebody else has said so already stays.
-- $1 bucket, $2 now, $3 jsonb array of {id, was, state, why, by}
-- columns: id
with moved as (
	update post_claim c set state = s.state, why = s.why,
		by_hotkey = s.by, changes = c.changes + 1
	from jsonb_to_recordset($3::jsonb) as s (id bigint, was text,
		state text, why text, by text)
	where c.id = s.id and c.state = s.was
	returning c.id, c.changes, c.state, c.why, c.by_hotkey
), noted as (
	insert into post_claim_change (claim_id, n, bucket, at, state, why,
		by_hotkey)
	select id, changes, $1, $2, state, why, by_hotkey
	from moved
)
select id from moved
