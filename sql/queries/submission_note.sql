-- What a hotkey has committed to. A text that is known keeps what is known of
-- it, at another block.
-- $1 netuid, $2 hotkey, $3 text, $4 block, $5 now, $6 the rule it breaks or
-- null; else $7 repo, $8 hash, $9 query
with moved as (
	update submission set block = $4
	where netuid = $1 and hotkey = $2 and text = $3
	returning hotkey
)
insert into submission (netuid, hotkey, text, block, seen_at, wrong, repo,
	hash, query)
select $1, $2, $3, $4, $5, $6, $7, $8, $9
where not exists (select from moved)
on conflict (netuid, hotkey) do update set text = excluded.text,
	block = excluded.block, seen_at = excluded.seen_at,
	wrong = excluded.wrong, repo = excluded.repo, hash = excluded.hash,
	query = excluded.query, state = 'unasked', status = null, score = null,
	asked_at = null, answered_at = null, why = null
