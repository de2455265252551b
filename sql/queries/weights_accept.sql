-- A person takes a vector that was refused for its churn: it waits again, and
-- the limit of churn is not applied to it.
-- $1 id, $2 now
-- columns: id; no row if it was not refused for that
update weight_vector set accepted_at = $2, taken_at = null, refusal = null
where id = $1 and refusal = 'churn_too_large'
returning id
