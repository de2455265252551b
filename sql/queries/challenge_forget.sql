-- Challenges that were planned long ago are forgotten; their jobs stay.
-- $1 netuid, $2 before
delete from challenge where netuid = $1 and born_at < $2
