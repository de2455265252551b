-- A challenge becomes a job, once: queued, and in all that a miner or a queue
-- sees as its template was. It has its place among the jobs of the template's
-- tenant and costs it no turn.
-- $1 id, $2 netuid, $3 owner, $4 now, $5 params, $6 expect, $7 input_sha256,
-- $8 input_type, $9 input_bytes, $10 item
-- columns: kind
with mine as (
	update challenge set made_at = $4
	where id = $1 and netuid = $2 and owner = $3 and made_at is null
		and dropped_at is null
	returning id, template
)
insert into job (id, netuid, kind, state, source, params, expect,
	input_sha256, input_type, input_bytes, miners_min, miners_wanted,
	priority, retries_left, created_at, deadline_at, next_try_at, rank_at,
	sticky, tenant, paid, item)
select m.id, t.netuid, t.kind, 'queued', 'challenge', $5, $6, $7, $8, $9,
	t.miners_min, t.miners_wanted, t.priority, k.retry_budget, $4,
	$4::timestamptz + (t.deadline_at - t.created_at), $4,
	$4::timestamptz - (t.created_at - t.rank_at), t.sticky, t.tenant,
	true, $10
from mine m
join job t on t.id = m.template
join kind k on k.netuid = t.netuid and k.name = t.kind
returning kind
