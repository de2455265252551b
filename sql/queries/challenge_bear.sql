-- Plan challenges, unless somebody else has planned that time meanwhile.
-- $1 netuid, $2 how far was looked at before (microseconds), null: never,
-- $3 how far now, $4 jsonb array of {"id", "template", "due_us"}
-- columns: seen, 1: it was ours to plan
with moved as (
	insert into challenge_plan (netuid, seen_to) values ($1, $3)
	on conflict (netuid) do update set seen_to = excluded.seen_to
	where (extract(epoch from challenge_plan.seen_to) * 1e6)::bigint
		= $2::bigint
	returning netuid
), born as (
	insert into challenge (id, netuid, template, born_at, due_at)
	select b.id, m.netuid, b.template, $3,
		timestamptz 'epoch' + interval '1 us' * b.due_us
	from moved m, jsonb_to_recordset($4::jsonb)
		as b (id uuid, template uuid, due_us bigint)
)
select 1 as seen from moved
