-- A job that was given to a trusted miner who is done with it: what that one
-- said. A text that is longer than any metric reads, or says nothing, is none.
-- $1 netuid, $2 bytes of the longest text
-- columns: job_id, scoring, params, language, that the kind assumes, or null,
-- id, hotkey, text; id and what follows are null if it did not deliver
select f.job_id, k.scoring, j.params,
	k.params -> 'language' ->> 'assumed' as language, a.id, a.hotkey,
	case when octet_length(a.result_json ->> 'text') <= $2
			and a.result_json ->> 'text' ~ '\S'
		then a.result_json ->> 'text' end as text
from reference f
join job j on j.id = f.audit_job
join kind k on k.netuid = j.netuid and k.name = j.kind
left join attempt a on a.job_id = j.id and a.state = 'delivered'
	and not a.is_unproven
where f.netuid = $1 and f.source = 'audit' and f.state = 'asked'
	and j.finished_at is not null
order by f.wanted_at, f.job_id, a.id
limit 1
