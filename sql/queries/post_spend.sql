-- Questions asked on hotkeys' accounts; those of long ago are forgotten.
-- $1 netuid, $2 bucket, $3 jsonb array of {hotkey, service, used}
with old as (
	delete from post_budget where netuid = $1 and bucket < $2::bigint - 48
)
insert into post_budget as b (netuid, hotkey, service, bucket, used)
select $1, hotkey, service, $2, used
from jsonb_to_recordset($3::jsonb) as s (hotkey text, service text,
	used integer)
on conflict (netuid, hotkey, service, bucket)
do update set used = b.used + excluded.used
