-- Lines of a hotkey's gist that are no claims.
-- $1 netuid, $2 hotkey
-- columns: line, why
select line, why
from gist_fault
where netuid = $1 and hotkey = $2
order by line
