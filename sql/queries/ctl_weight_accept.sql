-- A person takes a vector whatever it moves: one that waits, or one that was
-- refused for its churn, which then waits again.
-- $1 id, $2 now
-- columns: id; no row if it was decided on otherwise
update weight_vector set accepted_at = $2, taken_at = null, refusal = null
where id = $1 and (taken_at is null or refusal = 'churn_too_large')
returning id
