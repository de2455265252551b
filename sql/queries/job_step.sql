-- Move jobs from one of some states to another; no row of one that was in none,
-- or that is to be queued again or given up and has an attempt under way, or
-- whose best attempt it is to be done by is not delivered. Of a client's job
-- that has ended, whoever wants to know is to be told (webhook_delivery).
-- Arrays, an element a step.
-- (state < ..., not finished_at: found by the job, never by the index of all that
-- is open, which an old snapshot keeps full of what was; row between, and what
-- is asked of attempts asked first: one row is expected, so that each is found
-- by its id whatever is known of the tables yet)
-- $1 id, $2 states to come from, $3 state to go to, $4 reason, $5 now,
-- $6 best attempt, $7 next_try_at, $8 what it takes of the retry budget
-- columns: row; was, the state it came from; left: it has an attempt under way;
-- told: there is a webhook to be sent
with given as materialized (
	select *, case
		when to_state in ('queued', 'failed') then not exists (
			select from attempt
			where job_id = g.id and state < 'delivered')
		when to_state = 'done' and best is not null then exists (
			select from attempt
			where id = g.best and state = 'delivered')
		else true end as may
	from unnest($1::uuid[], $2::text[], $3::job_state[], $4::text[],
		$5::timestamptz[], $6::uuid[], $7::timestamptz[],
		$8::integer[]) with ordinality as g (id, sources, to_state,
		reason, now, best, next_try_at, budget, row)
	where row between 1 and 1000
), moved as (
	update job j set
		state = g.to_state,
		reason = g.reason,
		finished_at = case when g.to_state in ('done', 'failed',
			'expired', 'cancelled') then g.now end,
		best_attempt = coalesce(g.best, j.best_attempt),
		lease_owner = null,
		lease_until = null,
		next_try_at = coalesce(g.next_try_at, j.next_try_at),
		retries_left = j.retries_left - g.budget,
		tries = j.tries + case when g.to_state = 'queued' then 1
			else 0 end
	from given g
	join job old on old.id = g.id
	where g.may and j.id = old.id
		and j.state = any (g.sources::job_state[])
	returning g.row, old.state as was, exists (
		select from attempt
		where job_id = j.id and state < 'delivered') as left,
		j.id, j.netuid, j.tenant, j.webhook_url, j.finished_at,
		'job.' || j.state as event,
		j.finished_at is not null and j.source = 'client' as is_news
), hooks as (
	select m.id, m.netuid, m.tenant, w.id as webhook, w.url, m.event,
		m.finished_at
	from moved m
	join webhook w on w.netuid = m.netuid and w.tenant = m.tenant
	where m.is_news and w.url is not null and w.disabled_at is null
		and (w.events = '{}' or m.event = any (w.events))
	union all
	select id, netuid, tenant, null, webhook_url, event, finished_at
	from moved
	where is_news and webhook_url is not null
), told as (
	insert into webhook_delivery (netuid, tenant, webhook, url, receiver,
		event, job_id, created_at, next_try_at)
	select netuid, tenant, webhook, url, substring(url from '//([^/?#]*)'),
		event, id, finished_at, finished_at
	from hooks
	returning job_id
)
select m.row, m.was, m.left, exists (
	select from told where job_id = m.id) as told
from moved m
