-- What the service said of a submission, unless there is another one by now.
-- $1 netuid, $2 hotkey, $3 text, $4 now, $5 state, $6 its word, $7 score or
-- null
-- columns: hotkey
update submission set state = $5, status = $6, score = $7, answered_at = $4,
	why = null
where netuid = $1 and hotkey = $2 and text = $3
returning hotkey
