-- A client's payment of a task, written down once.
-- $1 id, $2 netuid, $3 task, $4 hotkey, $5 amount, $6 now, $7 by whom, $8 the
-- payment's own name, or null: it has none
-- columns: is_known (there is such a task), id, task_id, hotkey, amount, at,
-- by_whom, reference; all but the first null if that name is there already
with task as (
	select id from organic_task where netuid = $2 and id = $3
), event as (
	insert into feedback_event (id, netuid, task_id, hotkey, amount, at,
		by_whom, reference)
	select $1, $2, task.id, $4, $5, $6, $7, $8
	from task
	on conflict (netuid, reference) do nothing
	returning *
)
select exists (select from task) as is_known, e.id, e.task_id, e.hotkey,
	e.amount, e.at, e.by_whom, e.reference
from (select) one
left join event e on true
