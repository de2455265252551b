-- Clients' latest jobs, the latest first.
-- $1 netuid, $2 since, $3 at most so many
-- columns: id, at_us, kind, scoring, language, input_type
select j.id, (extract(epoch from j.created_at) * 1e6)::bigint as at_us,
	j.kind, k.scoring, j.params ->> 'language' as language, j.input_type
from job j
join kind k on k.netuid = j.netuid and k.name = j.kind
where j.netuid = $1 and j.source = 'client' and j.created_at > $2
order by j.created_at desc
limit $3
