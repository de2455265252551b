-- Failed audits, which count until they expire.
-- $1 netuid, $2 jsonb array of {id, hotkey, at_us, expires_us, reason}
-- columns: added
with added as (
	insert into audit_failure (attempt_id, netuid, hotkey, at, expires_at,
		reason)
	select f.id, $1::integer, f.hotkey,
		timestamptz 'epoch' + f.at_us * interval '1 us',
		timestamptz 'epoch' + f.expires_us * interval '1 us', f.reason
	from jsonb_to_recordset($2::jsonb) as f (id uuid, hotkey text,
		at_us bigint, expires_us bigint, reason text)
	on conflict (attempt_id) do nothing
	returning attempt_id
)
select count(*) as added from added
