-- What was sent of a vector last; no row if nothing was.
-- $1 vector; columns: state, uids, weights
select state, uids, weights
from ledger
where vector_id = $1 and submitted_at is not null and action <> 'reveal'
order by intended_at desc
limit 1
