-- A schedule fires, or does not, whatever the file says; one that fires again
-- does so at its next time and not for those it has missed.
-- $1 netuid, $2 name, $3 whether it fires
-- columns: name, enabled, in_file
update schedule set enabled = $3,
	next_at = case when enabled = $3 then next_at end
where netuid = $1 and name = $2
returning name, enabled, in_file
