-- Submissions the service is to be asked about now: marked, so that nobody
-- else asks. Those never asked about first.
-- $1 netuid, $2 now, $3 asked before this: again, $4 answered before this:
-- again although it was final, $5 at most so many
-- columns: hotkey, text, query, state
with due as (
	select s.netuid, s.hotkey
	from submission s
	join neuron n on n.netuid = s.netuid and n.hotkey = s.hotkey
	join commitment c on c.netuid = s.netuid and c.hotkey = s.hotkey
		and c.text = s.text
	where s.netuid = $1 and s.wrong is null
		and (s.asked_at is null or s.asked_at < $3)
		and (s.state not in ('completed', 'failed')
			or s.answered_at < $4)
	order by s.asked_at nulls first, s.hotkey
	limit $5
	for update of s skip locked
)
update submission s set asked_at = $2
from due d
where s.netuid = d.netuid and s.hotkey = d.hotkey
returning s.hotkey, s.text, s.query, s.state
