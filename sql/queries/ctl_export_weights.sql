-- A weight vector, in the order of its hotkeys' bytes.
-- $1 vector; columns: hotkey, uid, weight
select hotkey, uid, weight
from weight_entry
where vector_id = $1 and weight > 0
order by hotkey collate "C"
