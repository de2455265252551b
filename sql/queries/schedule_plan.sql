-- When a schedule is due for the first time, if nobody else has said it.
-- $1 netuid, $2 name, $3 next_at, null: never
update schedule set next_at = coalesce($3::timestamptz, 'infinity')
where netuid = $1 and name = $2 and next_at is null
