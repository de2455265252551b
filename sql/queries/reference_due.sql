-- A job that is over and whose miners' texts are to be compared: one row for
-- each attempt delivered, in the order of their ids. A text that is longer
-- than any metric reads is none.
-- $1 netuid, $2 bytes of the longest text
-- columns: job_id, scoring, params, language, that the kind assumes, or null,
-- id, hotkey, text; id and what follows are null if nobody delivered
with due as (
	select f.job_id, f.wanted_at, k.scoring, j.params,
		k.params -> 'language' ->> 'assumed' as language
	from reference f
	join job j on j.id = f.job_id
	join kind k on k.netuid = j.netuid and k.name = j.kind
	where f.netuid = $1 and f.source = 'consensus' and f.state = 'wanted'
		and j.finished_at is not null
		and not exists (
			select from attempt
			where job_id = j.id and finished_at is null)
	order by f.wanted_at, f.job_id
	limit 1
)
select d.job_id, d.scoring, d.params, d.language, a.id, a.hotkey,
	case when octet_length(a.result_json ->> 'text') <= $2
		then a.result_json ->> 'text' end as text
from due d
left join attempt a on a.job_id = d.job_id and a.state = 'delivered'
	and not a.is_unproven
order by a.id
