-- Forget hours of draws of long ago.
-- $1 netuid, $2 before
delete from route_share where netuid = $1 and at < $2
