-- A place for one job in each of a key's quotas that its kind is in, or in
-- none of them. Windows begin at multiples of their length; who counts by a
-- clock behind others' counts to the window that they have begun.
-- $1 key id, $2 kind, $3 now
-- columns: kind, jobs, window_s, used (with this one, if it was taken),
-- reset_us, taken (the same in all rows)
with held as (
	select u.kind, q.jobs, q.window_s, u.began_at, u.used,
		to_timestamp(floor(extract(epoch from $3::timestamptz)
			/ q.window_s) * q.window_s) as begins_at
	from key_use u
	join key_quota q using (key_id, kind)
	where u.key_id = $1 and u.kind in ('*', $2)
	order by u.kind
	for update of u
), here as (
	select kind, jobs, window_s, greatest(began_at, begins_at) as began_at,
		case when began_at < begins_at then 0 else used end as used
	from held
), has as (
	select coalesce(bool_and(used < jobs), true) as taken from here
), counted as (
	update key_use u set began_at = here.began_at, used = here.used + 1
	from here, has
	where has.taken and u.key_id = $1 and u.kind = here.kind
)
select kind, jobs, window_s, used + has.taken::integer as used,
	(extract(epoch from began_at) * 1e6)::bigint
		+ window_s * 1000000::bigint as reset_us, has.taken
from here, has
order by kind
