-- A miner did not come for what it had: it is not there, until it asks again.
-- $1 attempt; columns: hotkey
update miner m set polled_at = null
from attempt a
where a.id = $1 and m.netuid = a.netuid and m.hotkey = a.hotkey
returning m.hotkey
