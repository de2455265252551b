-- An instance takes part no more: its share is the others'.
-- $1 id, $2 now
update instance set left_at = $2 where id = $1 and left_at is null
