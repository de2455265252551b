-- The latest round as Dippy's validators read it. Who is banned or has failed
-- an audit is SLASHED, with a score of 0.
-- $1 netuid, $2 now, $3 mecid
-- columns: body, the JSON text
with run as (
	select id, at from score_run
	where netuid = $1 and mecid = $3
	order by epoch desc
	limit 1
), stand as (
	select e.hotkey, e.score, m.banned_at is not null or exists (
		select from audit_failure f
		where f.netuid = $1 and f.hotkey = e.hotkey
			and f.expires_at > $2) as is_slashed
	from score_entry e
	left join miner m on m.netuid = $1 and m.hotkey = e.hotkey
	where e.run_id = (select id from run)
)
select json_build_object(
	'scores', coalesce(json_object_agg(hotkey, json_build_object(
		'status', case when is_slashed then 'SLASHED'
			else 'COMPLETED' end,
		'score', json_build_object('total_score',
			case when is_slashed then 0 else score end))
		order by hotkey), '{}'),
	'stats', json_build_object(
		'source', case when (select count(*) from run) > 0
			then 'score_service' else 'metagraph' end,
		'requested', count(*), 'available', count(*),
		'last_updated', (select at from run)))::text as body
from stand
