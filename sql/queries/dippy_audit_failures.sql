-- Audits that were failed, the newest hundred.
-- $1 netuid
-- columns: body, the JSON text
select json_build_object('audit_failures', coalesce(json_agg(
	json_build_object('hotkey', hotkey, 'created_at', at,
		'expires_at', expires_at, 'reason', reason)
	order by at desc), '[]'))::text as body
from (
	select * from audit_failure
	where netuid = $1
	order by at desc
	limit 100) f
