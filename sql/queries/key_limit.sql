-- A key's quotas are those and no others; what was used of one stays used.
-- $1 key id, $2 netuid, $3 quotas: [{"kind", "jobs", "window_s"}, ...]
-- columns: id, if there is such a key
with this as (
	select id from api_key where id = $1 and netuid = $2
), said as (
	select this.id, s.kind, s.jobs, s.window_s
	from this, jsonb_to_recordset($3::jsonb)
		as s (kind text, jobs integer, window_s integer)
), gone as (
	delete from key_quota q using this
	where q.key_id = this.id
		and not exists (select from said where said.kind = q.kind)
), kept as (
	insert into key_quota (key_id, kind, jobs, window_s)
	select id, kind, jobs, window_s from said
	on conflict (key_id, kind) do update
	set jobs = excluded.jobs, window_s = excluded.window_s
	returning key_id, kind
), used as (
	insert into key_use (key_id, kind, began_at, used)
	select key_id, kind, '-infinity', 0 from kept
	on conflict (key_id, kind) do nothing
)
select id from this
