-- Results of these attempts came and were turned away, for a failure of ours.
-- $1 ids, $2 now
update attempt set turned_away_at = coalesce(turned_away_at, $2)
where id = any ($1::uuid[]) and finished_at is null
