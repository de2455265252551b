-- Jobs as Dippy's relay kept them: one, or the newest. Of no job is it told
-- where it came from: an audit and a challenge look like any other.
-- (each found by its id or by the index of what is recent, whichever is asked;
-- + 0: and then by its id, whatever is known of the tables yet)
-- $1 netuid, $2 id, or null, $3 how many
-- columns: state; row, JSON without its status; the newest first
with picked as (
	(select id from job where id = $2::uuid)
	union all
	(select id from job
	where netuid = $1 and $2::uuid is null
	order by created_at desc
	limit $3::integer)
)
select j.state, json_build_object('job_id', j.id,
	'job_type', k.capacity_key, 'miner_hotkey', a.hotkey, 'source', '',
	'payload', j.params, 'result_image_url', null,
	'creation_timestamp', j.created_at,
	'prepared_at', a.prepared_at, 'dispatched_at', a.sent_at,
	'miner_received_at', a.accepted_at, 'completed_at', j.finished_at,
	'response_timestamp', a.received_at,
	'last_updated_at', coalesce(j.finished_at, a.finished_at,
		a.received_at, a.accepted_at, a.sent_at, j.created_at),
	'expires_at', j.deadline_at, 'execution_duration_ms', null,
	'audit_status', 'not_audited', 'verification_status', 'nonverified',
	'is_audit_job', false, 'audit_target_job_id', null,
	'failure_reason', coalesce(j.reason, case when j.state <> 'done'
		then a.reason end),
	'prompt_seed', j.params -> 'seed',
	'response_payload', case when a.received_at is not null then
		json_build_object(
			'status', case a.state when 'delivered' then 'completed'
				else 'failed' end,
			'error', a.reason, 'completed_at', a.received_at,
			'callback_received_at', a.received_at,
			'total_runtime_ms', floor(extract(epoch from
				a.received_at - j.created_at) * 1000),
			'latency_ms', floor(a.miner_ms),
			'image_size', a.result_bytes,
			'image_content_type', a.result_type,
			'image_sha256', a.result_sha256,
			'callback_metadata', json_build_object(
				'has_image', a.result_sha256 is not null,
				'secret_verified', true,
				'secret_provided', true)) end)::text as row
from picked p
join job j on j.id = p.id and j.netuid + 0 = $1
join kind k on k.netuid = j.netuid and k.name = j.kind
left join lateral (
	select * from attempt
	where job_id = j.id
	order by id = j.best_attempt desc nulls last, id desc
	limit 1) a on true
order by j.created_at desc, j.id desc
