-- A weight vector is not sent, and why.
-- $1 id, $2 reason, $3 now
-- columns: id; no row if it was decided on before
update weight_vector set taken_at = $3, refusal = $2
where id = $1 and taken_at is null
returning id
