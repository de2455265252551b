-- Tasks, the newest first, with what was paid for each.
-- $1 netuid, $2 now, $3 at most so many
-- columns: id, title, platform, reward, is_open, created_at, closes_at,
-- created_by, payments, paid
select t.id, t.title, t.platform, t.reward,
	coalesce(t.closes_at > $2, true) as is_open, t.created_at, t.closes_at,
	t.created_by, count(f.id) as payments,
	coalesce(sum(f.amount), 0) as paid
from organic_task t
left join feedback_event f on f.task_id = t.id
where t.netuid = $1
group by t.id
order by t.created_at desc, t.id desc
limit $3
