-- Snapshots of long ago; the newest stays.
-- $1 netuid, $2 before
delete from snapshot
where netuid = $1 and at < $2
	and block < (select max(block) from snapshot where netuid = $1)
