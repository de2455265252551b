-- The oldest job that a trusted miner's text is wanted for and that is over is
-- given, once for ever and while the hour's budget lasts, to one of those that
-- were not among its miners, one that is up and takes its kind if there is any:
-- the same kind, parameters and input, for that one alone. Where it cannot be
-- given, the consensus of its own miners is waited for if there were enough, or
-- nothing.
-- $1 netuid, $2 now, $3 id for the job, $4 hotkeys of trusted miners with
-- spaces between, $5 most audits an hour, $6 ms that are waited, $7 miners for
-- a consensus
-- columns: job_id, state, trusted, why; no row if there is none
with due as (
	select f.netuid, f.job_id, j.kind, j.params, j.input_sha256,
		j.input_type, j.input_bytes,
		coalesce(j.input_of, j.id) as input_of,
		j.miners_wanted >= $7 as may_meet, j.deadline_at, k.deadline_ms,
		k.capacity_key
	from reference f
	join job j on j.id = f.job_id
	join kind k on k.netuid = j.netuid and k.name = j.kind
	where f.netuid = $1 and f.source = 'audit' and f.state = 'wanted'
		and f.deadline_at > $2 and j.finished_at is not null
		and not exists (
			select from attempt
			where job_id = j.id and finished_at is null)
	order by f.wanted_at, f.job_id
	limit 1
	for update of f skip locked
), picked as (
	select d.*, case
		when (select count(*) from audit
				where netuid = $1 and at
				> $2::timestamptz - interval '1 hour')
			+ (select count(*) from reference
				where netuid = $1 and audit_job is not null
				and asked_at
				> $2::timestamptz - interval '1 hour') >= $5
		then 'the audits of this hour are used up'
		when t.hotkey is null
		then 'all trusted miners were among its own'
		end as why, t.hotkey
	from due d
	left join lateral (
		select h.hotkey
		from unnest(string_to_array($4, ' ')) as h (hotkey)
		left join miner m on m.netuid = d.netuid
			and m.hotkey = h.hotkey
		where h.hotkey not in (
			select a.hotkey from attempt a
			where a.job_id = d.job_id)
		order by coalesce(m.is_up and m.banned_at is null
				and m.capacity -> d.capacity_key > '0', false)
			desc, md5(d.job_id::text || h.hotkey)
		limit 1
	) t on true
), made as (
	insert into job (id, netuid, kind, state, source, params, input_sha256,
		input_type, input_bytes, input_of, miners_min, miners_wanted,
		retries_left, created_at, deadline_at, next_try_at, rank_at,
		only_hotkey)
	select $3::uuid, netuid, kind, 'queued', 'audit', params, input_sha256,
		input_type, input_bytes,
		case when input_type is not null then input_of end, 1, 1, 0,
		$2::timestamptz,
		$2::timestamptz + deadline_ms * interval '1 ms',
		$2::timestamptz, $2::timestamptz, hotkey
	from picked
	where why is null
)
update reference f set
	source = case when p.why is not null and p.may_meet then 'consensus'
		else 'audit' end,
	state = case when p.why is null then 'asked'
		when p.may_meet then 'wanted' else 'none' end,
	trusted = case when p.why is null then p.hotkey end,
	audit_job = case when p.why is null then $3::uuid end,
	asked_at = case when p.why is null then $2::timestamptz
		else f.asked_at end,
	deadline_at = $6::bigint * interval '1 ms' + case
		when p.why is null then $2::timestamptz
		else greatest($2::timestamptz, p.deadline_at) end,
	settled_at = case when p.why is not null and not p.may_meet
		then $2::timestamptz end,
	why = p.why
from picked p
where f.netuid = p.netuid and f.job_id = p.job_id
returning f.job_id, f.state, f.trusted, f.why
