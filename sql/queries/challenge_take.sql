-- Take challenges that are due before long and nobody's, the earliest first,
-- with what they are to be like.
-- $1 netuid, $2 owner, $3 now, $4 due before, $5 lease_until, $6 at most
-- columns: id, due_us, and of the template, null if it is gone: kind, scoring,
-- params, input_type, input_bytes, input_sha256, input_of, miners
with mine as (
	update challenge set owner = $2, lease_until = $5
	where id in (
		select id from challenge
		where netuid = $1 and made_at is null and dropped_at is null
			and due_at <= $4
			and (lease_until is null or lease_until < $3)
		order by due_at, id
		limit $6
		for update skip locked)
	returning id, netuid, template, due_at
)
select m.id, (extract(epoch from m.due_at) * 1e6)::bigint as due_us, t.kind,
	k.scoring, t.params, t.input_type, t.input_bytes, t.input_sha256,
	coalesce(t.input_of, t.id) as input_of, t.miners_wanted as miners
from mine m
left join job t on t.id = m.template
left join kind k on k.netuid = m.netuid and k.name = t.kind
order by m.due_at, m.id
