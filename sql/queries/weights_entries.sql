-- A weight vector's entries.
-- $1 vector
-- columns: hotkey, uid, weight
select hotkey, uid, weight
from weight_entry
where vector_id = $1
order by uid, hotkey
