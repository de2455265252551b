-- Gists that are to be read now: marked, so that nobody else reads them.
-- $1 netuid, $2 bucket, $3 now, $4 asked for before this: again, $5 at most so
-- many
-- columns: hotkey, text, etag, gones, gone_bucket
with due as (
	select g.netuid, g.hotkey
	from gist g
	join neuron n on n.netuid = g.netuid and n.hotkey = g.hotkey
	where g.netuid = $1 and g.wrong is null and g.due_bucket <= $2
		and (g.asked_at is null or g.asked_at < $4)
	order by g.asked_at nulls first, g.hotkey
	limit $5
	for update of g skip locked
)
update gist g set asked_at = $3
from due d
where g.netuid = d.netuid and g.hotkey = d.hotkey
returning g.hotkey, g.text, g.etag, g.gones, g.gone_bucket
