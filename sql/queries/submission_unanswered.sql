-- The service gave no answer: what is known of the submission stands.
-- $1 netuid, $2 hotkey, $3 text, $4 why
-- columns: hotkey
update submission set why = $4
where netuid = $1 and hotkey = $2 and text = $3
returning hotkey
