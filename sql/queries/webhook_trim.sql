-- Forget deliveries that ended before a time, a lot at once.
-- $1 netuid, $2 before, $3 how many
-- columns: n, how many there were
with old as (
	select id from webhook_delivery
	where netuid = $1 and ended_at < $2
	order by ended_at
	limit $3
	for update skip locked
), gone as (
	delete from webhook_delivery where id in (select id from old)
	returning id
)
select count(*) as n from gone
