-- What dashboards read: roll-ups of jobs and attempts by the minute and by the
-- hour, kept by the daemons; views over them and over everything else; and a
-- role that sees nothing but the views and cannot hold a snapshot for long.

-- -- histograms --------------------------------------------------------------
--
-- Times are counted in buckets, eight to a doubling: bucket i holds what is at
-- most 0.5 ms * 2 ^ (i / 8), the first one all that is quicker. The element i
-- of an array is how many there were, from the first bucket to the last that
-- had any: few times take little room. Histograms of any minutes, kinds and
-- miners can be added up, and a quantile of the sum is right to within 5 %.

create function rollup_bucket(ms double precision) returns integer
language sql immutable parallel safe as $$
	select case when ms > 0.5 then
		least(ceil(8 * ln(ms / 0.5) / ln(2.0::double precision)), 256)
		else 1 end::integer
$$;

-- The counts of some buckets as such an array. (Loops, here and below, cost half
-- of what queries would: one is run for each row of a roll-up.)
create function rollup_histogram(buckets integer[], counts bigint[])
returns bigint[]
language plpgsql immutable parallel safe as $$
declare
	h bigint[];
begin
	if coalesce(cardinality(buckets), 0) = 0 then
		return null;
	end if;
	select array_fill(0::bigint, array[max(b) - min(b) + 1], array[min(b)])
	into h
	from unnest(buckets) as b;
	for i in 1 .. cardinality(buckets) loop
		h[buckets[i]] := counts[i];
	end loop;
	return h;
end
$$;

create function dash_v1.histogram_sum(a bigint[], b bigint[])
returns bigint[]
language plpgsql immutable strict parallel safe as $$
declare
	first integer := least(array_lower(a, 1), array_lower(b, 1));
	last integer := greatest(array_upper(a, 1), array_upper(b, 1));
	more bigint[] := b;
	h bigint[] := a;
begin
	if cardinality(b) = last - first + 1 then
		more := a;
		h := b;
	elsif cardinality(a) < last - first + 1 then
		h := dash_v1.histogram_sum(array_fill(0::bigint,
			array[last - first + 1], array[first]), a);
	end if;
	for i in coalesce(array_lower(more, 1), 1)
		.. coalesce(array_upper(more, 1), 0)
	loop
		h[i] := h[i] + more[i];
	end loop;
	return h;
end
$$;

-- The same where either may be missing.
create function rollup_plus(a bigint[], b bigint[]) returns bigint[]
language sql immutable parallel safe as $$
	select coalesce(dash_v1.histogram_sum($1, $2), $1, $2)
$$;

create aggregate dash_v1.merge(bigint[]) (
	sfunc = dash_v1.histogram_sum,
	combinefunc = dash_v1.histogram_sum,
	stype = bigint[],
	parallel = safe
);

comment on aggregate dash_v1.merge(bigint[]) is
	'Histograms added up, for dash_v1.quantile.';

-- Within a bucket its counts lie evenly, by the logarithm.
create function dash_v1.quantile(histogram bigint[], q double precision)
returns double precision
language sql immutable strict parallel safe as $$
	with bucket as (
		select i, n, sum(n) over (order by i) as upto,
			sum(n) over () as total
		from generate_subscripts($1, 1) as i
		cross join lateral (select $1[i] as n) b
		where n > 0
	)
	select 0.5 * 2 ^ ((i - 1 + greatest($2 * total - (upto - n), 0) / n)
		/ 8)::double precision
	from bucket
	where upto >= $2 * total
	order by i
	limit 1
$$;

comment on function dash_v1.quantile(bigint[], double precision) is
	'The time in ms that the share q of a histogram is not above; right to '
	'within 5 %. Null of none.';

-- -- the tables --------------------------------------------------------------
--
-- A row is of so many seconds from `at` on: 60 or 3600; an hour's row is the
-- sum of those of its minutes that are settled. Jobs count in the minute they
-- came in (accepted) and in that in which they ended (all else).

create table rollup_job (
	netuid integer not null,
	seconds integer not null check (seconds in (60, 3600)),
	at timestamptz not null,
	kind text not null,
	source job_source not null,
	accepted bigint not null,
	done bigint not null,
	failed bigint not null,
	expired bigint not null,
	cancelled bigint not null,
	total_ms bigint[],              -- of those done, from the beginning
	primary key (netuid, seconds, at, kind, source)
);

-- Attempts that ended, by whose doing (table reason).
create table rollup_attempt (
	netuid integer not null,
	seconds integer not null check (seconds in (60, 3600)),
	at timestamptz not null,
	hotkey text not null,
	kind text not null,
	delivered bigint not null,
	failed bigint not null,         -- the miner's doing
	ours bigint not null,
	dropped bigint not null,        -- not needed any more, or cancelled
	bytes bigint not null,          -- of what was delivered
	queue_ms bigint[],              -- our part, of all that were sent
	miner_ms bigint[],              -- the miner's, of what was delivered
	primary key (netuid, seconds, at, hotkey, kind)
);

-- The times of all miners together.
create table rollup_part (
	netuid integer not null,
	seconds integer not null check (seconds in (60, 3600)),
	at timestamptz not null,
	kind text not null,
	part text not null check (part in ('queue', 'miner')),
	ms bigint[] not null,
	primary key (netuid, seconds, at, kind, part)
);

-- Those not delivered, by their reason.
create table rollup_reason (
	netuid integer not null,
	seconds integer not null check (seconds in (60, 3600)),
	at timestamptz not null,
	hotkey text not null,
	kind text not null,
	reason text not null,
	attempts bigint not null,
	primary key (netuid, seconds, at, hotkey, kind, reason)
);

-- Jobs that came to nothing, by their cause: as `subnetctl jobs failures`
-- groups them.
create table rollup_failure (
	netuid integer not null,
	seconds integer not null check (seconds in (60, 3600)),
	at timestamptz not null,
	kind text not null,
	reason text not null,
	attempts text not null,         -- their reasons, each once, in order
	jobs bigint not null,
	first_at timestamptz not null,
	last_at timestamptz not null,
	example uuid not null,          -- the latest of them
	primary key (netuid, seconds, at, kind, reason, attempts)
);

-- How far they are kept: minutes before fresh_to are rolled up, those before
-- settled_to for good and in their hours.
create table rollup_state (
	netuid integer primary key,
	fresh_to timestamptz not null,
	settled_to timestamptz not null,
	at timestamptz not null         -- last looked after
);

-- Jobs in the order they ended. A job comes into it once, when it is over, and
-- so it stays as small as what it lists.
create index job_over on job (netuid, finished_at)
	where finished_at is not null;

-- -- what minutes come to ----------------------------------------------------
--
-- Each is the one definition of its roll-up: the keeper writes down what it
-- gives, and views show what it gives of the minutes not written down yet.
-- They look at tables that a dashboard may not read, and so run as their owner.

create function rollup_jobs(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_job
language sql stable security definer set search_path = public, pg_temp as $$
	with came as (
		select date_trunc('minute', j.created_at) as at, j.kind,
			j.source, count(*) as accepted
		from job j
		where j.netuid = $1 and j.created_at >= $2
			and j.created_at < $3
		group by 1, 2, 3
	), went as (
		select date_trunc('minute', j.finished_at) as at, j.kind,
			j.source, j.state, case when j.state = 'done' then
				rollup_bucket(extract(epoch from j.finished_at
					- j.created_at) * 1000) end as bucket,
			count(*) as n
		from job j
		where j.netuid = $1 and j.finished_at >= $2
			and j.finished_at < $3
		group by 1, 2, 3, 4, 5
	), ended as (
		select at, kind, source,
			sum(n) filter (where state = 'done') as done,
			sum(n) filter (where state = 'failed') as failed,
			sum(n) filter (where state = 'expired') as expired,
			sum(n) filter (where state = 'cancelled') as cancelled,
			rollup_histogram(
				array_agg(bucket) filter (where state = 'done'),
				array_agg(n) filter (where state = 'done'))
				as total_ms
		from went
		group by at, kind, source
	)
	select $1, 60, at, kind, source, coalesce(accepted, 0),
		coalesce(done, 0)::bigint, coalesce(failed, 0)::bigint,
		coalesce(expired, 0)::bigint, coalesce(cancelled, 0)::bigint,
		total_ms
	from came
	full join ended using (at, kind, source)
$$;

-- Attempts that ended, hotkey by hotkey: there is an index of each one's.
create function rollup_ended(netuid integer, since timestamptz,
	until timestamptz) returns table (hotkey text, kind text,
	state attempt_state, reason text, finished_at timestamptz,
	sent_at timestamptz, queue_ms double precision,
	miner_ms double precision, result_bytes bigint)
language sql stable security definer set search_path = public, pg_temp as $$
	with recursive who as (
		(select a.hotkey from attempt a
			where a.netuid = $1
			order by a.hotkey
			limit 1)
		union all
		select (select a.hotkey from attempt a
			where a.netuid = $1 and a.hotkey > who.hotkey
			order by a.hotkey
			limit 1)
		from who
		where who.hotkey is not null
	)
	select a.hotkey, a.kind, a.state, a.reason, a.finished_at, a.sent_at,
		a.queue_ms, a.miner_ms, a.result_bytes
	from who
	join attempt a on a.netuid = $1 and a.hotkey = who.hotkey
		and a.finished_at >= $2 and a.finished_at < $3
$$;

create function rollup_attempts(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_attempt
language sql stable security definer set search_path = public, pg_temp as $$
	with ended as materialized (
		select date_trunc('minute', a.finished_at) as at, a.hotkey,
			a.kind, case when a.state = 'delivered' then 'delivered'
				when a.reason in ('not_needed', 'cancelled')
					then 'dropped'
				else coalesce(r.side, 'us') end as came_to,
			a.result_bytes,
			case when a.sent_at is not null then a.queue_ms end
				as queue_ms, a.miner_ms
		from rollup_ended($1, $2, $3) a
		left join reason r on r.name = a.reason
	), total as (
		select at, hotkey, kind,
			count(*) filter (where came_to = 'delivered')
				as delivered,
			count(*) filter (where came_to = 'miner') as failed,
			count(*) filter (where came_to in ('us', 'client'))
				as ours,
			count(*) filter (where came_to = 'dropped') as dropped,
			coalesce(sum(result_bytes) filter (
				where came_to = 'delivered'), 0)::bigint
				as bytes
		from ended
		group by at, hotkey, kind
	), queued as (
		select at, hotkey, kind, rollup_histogram(array_agg(bucket),
			array_agg(n)) as ms
		from (
			select at, hotkey, kind,
				rollup_bucket(queue_ms) as bucket, count(*) as n
			from ended
			where queue_ms is not null
			group by 1, 2, 3, 4) b
		group by at, hotkey, kind
	), worked as (
		select at, hotkey, kind, rollup_histogram(array_agg(bucket),
			array_agg(n)) as ms
		from (
			select at, hotkey, kind,
				rollup_bucket(miner_ms) as bucket, count(*) as n
			from ended
			where came_to = 'delivered' and miner_ms is not null
			group by 1, 2, 3, 4) b
		group by at, hotkey, kind
	)
	select $1, 60, t.at, t.hotkey, t.kind, t.delivered, t.failed, t.ours,
		t.dropped, t.bytes, q.ms, w.ms
	from total t
	left join queued q using (at, hotkey, kind)
	left join worked w using (at, hotkey, kind)
$$;

create function rollup_reasons(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_reason
language sql stable security definer set search_path = public, pg_temp as $$
	select $1, 60, date_trunc('minute', a.finished_at), a.hotkey, a.kind,
		coalesce(a.reason, a.state::text), count(*)
	from rollup_ended($1, $2, $3) a
	where a.state <> 'delivered'
	group by 3, 4, 5, 6
$$;

-- How subnetctl names such a group of jobs.
create function rollup_cause(kind text, reason text, attempts text)
returns text
language sql stable parallel safe as $$
	select left(md5(concat_ws('|', $1, nullif($2, ''), nullif($3, ''))), 8)
$$;

create function rollup_failures(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_failure
language sql stable security definer set search_path = public, pg_temp as $$
	select $1, 60, f.at, f.kind, f.reason, f.attempts, count(*),
		min(f.finished_at), max(f.finished_at),
		(array_agg(f.id order by f.finished_at desc, f.id desc))[1]
	from (
		select j.id, j.kind, coalesce(j.reason, '') as reason,
			j.finished_at,
			date_trunc('minute', j.finished_at) as at,
			coalesce((select string_agg(distinct a.reason, ' '
					order by a.reason)
				from attempt a
				where a.job_id = j.id), '') as attempts
		from job j
		where j.netuid = $1 and j.finished_at >= $2
			and j.finished_at < $3
			and j.state in ('failed', 'expired')) f
	group by f.at, f.kind, f.reason, f.attempts
$$;

create function rollup_parts(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_part
language sql stable security definer set search_path = public, pg_temp as $$
	select a.netuid, a.seconds, a.at, a.kind, p.part, dash_v1.merge(p.ms)
	from rollup_attempts($1, $2, $3) a
	cross join lateral (values ('queue', a.queue_ms), ('miner', a.miner_ms))
		as p (part, ms)
	where p.ms is not null
	group by a.netuid, a.seconds, a.at, a.kind, p.part
$$;

-- -- what hours come to ------------------------------------------------------
--
-- Of the minutes from one on to another, written down or not.

create function rollup_jobs_hourly(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_job
language sql stable security definer set search_path = public, pg_temp as $$
	select $1, 3600, date_trunc('hour', m.at, 'UTC') as hour, m.kind,
		m.source, sum(m.accepted)::bigint, sum(m.done)::bigint,
		sum(m.failed)::bigint, sum(m.expired)::bigint,
		sum(m.cancelled)::bigint, dash_v1.merge(m.total_ms)
	from (
		select r.* from rollup_job r
		where r.netuid = $1 and r.seconds = 60 and r.at >= $2
			and r.at < $3
		union all
		select live.*
		from rollup_state s
		cross join rollup_jobs($1, greatest(s.fresh_to, $2), $3) live
		where s.netuid = $1 and s.fresh_to < $3) m
	group by hour, m.kind, m.source
$$;

create function rollup_attempts_hourly(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_attempt
language sql stable security definer set search_path = public, pg_temp as $$
	select $1, 3600, date_trunc('hour', m.at, 'UTC') as hour, m.hotkey,
		m.kind, sum(m.delivered)::bigint, sum(m.failed)::bigint,
		sum(m.ours)::bigint, sum(m.dropped)::bigint,
		sum(m.bytes)::bigint, dash_v1.merge(m.queue_ms),
		dash_v1.merge(m.miner_ms)
	from (
		select r.* from rollup_attempt r
		where r.netuid = $1 and r.seconds = 60 and r.at >= $2
			and r.at < $3
		union all
		select live.*
		from rollup_state s
		cross join rollup_attempts($1, greatest(s.fresh_to, $2), $3)
			live
		where s.netuid = $1 and s.fresh_to < $3) m
	group by hour, m.hotkey, m.kind
$$;

create function rollup_parts_hourly(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_part
language sql stable security definer set search_path = public, pg_temp as $$
	select $1, 3600, date_trunc('hour', m.at, 'UTC') as hour, m.kind,
		m.part, dash_v1.merge(m.ms)
	from (
		select r.* from rollup_part r
		where r.netuid = $1 and r.seconds = 60 and r.at >= $2
			and r.at < $3
		union all
		select live.*
		from rollup_state s
		cross join rollup_parts($1, greatest(s.fresh_to, $2), $3) live
		where s.netuid = $1 and s.fresh_to < $3) m
	group by hour, m.kind, m.part
$$;

create function rollup_reasons_hourly(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_reason
language sql stable security definer set search_path = public, pg_temp as $$
	select $1, 3600, date_trunc('hour', m.at, 'UTC') as hour, m.hotkey,
		m.kind, m.reason, sum(m.attempts)::bigint
	from (
		select r.* from rollup_reason r
		where r.netuid = $1 and r.seconds = 60 and r.at >= $2
			and r.at < $3
		union all
		select live.*
		from rollup_state s
		cross join rollup_reasons($1, greatest(s.fresh_to, $2), $3) live
		where s.netuid = $1 and s.fresh_to < $3) m
	group by hour, m.hotkey, m.kind, m.reason
$$;

create function rollup_failures_hourly(netuid integer, since timestamptz,
	until timestamptz) returns setof rollup_failure
language sql stable security definer set search_path = public, pg_temp as $$
	select $1, 3600, date_trunc('hour', m.at, 'UTC') as hour, m.kind,
		m.reason, m.attempts, sum(m.jobs)::bigint, min(m.first_at),
		max(m.last_at), (array_agg(m.example
			order by m.last_at desc, m.example desc))[1]
	from (
		select r.* from rollup_failure r
		where r.netuid = $1 and r.seconds = 60 and r.at >= $2
			and r.at < $3
		union all
		select live.*
		from rollup_state s
		cross join rollup_failures($1, greatest(s.fresh_to, $2), $3)
			live
		where s.netuid = $1 and s.fresh_to < $3) m
	group by hour, m.kind, m.reason, m.attempts
$$;

-- -- the keeper --------------------------------------------------------------

-- The minutes from one to another, written down anew.
create function rollup_minutes(netuid integer, since timestamptz,
	until timestamptz) returns void
language plpgsql as $$
begin
	delete from rollup_job r where r.netuid = $1 and r.seconds = 60
		and r.at >= $2 and r.at < $3;
	delete from rollup_attempt r where r.netuid = $1 and r.seconds = 60
		and r.at >= $2 and r.at < $3;
	delete from rollup_part r where r.netuid = $1 and r.seconds = 60
		and r.at >= $2 and r.at < $3;
	delete from rollup_reason r where r.netuid = $1 and r.seconds = 60
		and r.at >= $2 and r.at < $3;
	delete from rollup_failure r where r.netuid = $1 and r.seconds = 60
		and r.at >= $2 and r.at < $3;
	insert into rollup_job select * from rollup_jobs($1, $2, $3);
	insert into rollup_attempt select * from rollup_attempts($1, $2, $3);
	insert into rollup_part
	select r.netuid, r.seconds, r.at, r.kind, p.part, dash_v1.merge(p.ms)
	from rollup_attempt r
	cross join lateral (values ('queue', r.queue_ms), ('miner', r.miner_ms))
		as p (part, ms)
	where r.netuid = $1 and r.seconds = 60 and r.at >= $2 and r.at < $3
		and p.ms is not null
	group by r.netuid, r.seconds, r.at, r.kind, p.part;
	insert into rollup_reason select * from rollup_reasons($1, $2, $3);
	insert into rollup_failure select * from rollup_failures($1, $2, $3);
end
$$;

-- Minutes that are settled, added to their hours.
create function rollup_hours(netuid integer, since timestamptz,
	until timestamptz) returns void
language plpgsql as $$
begin
	insert into rollup_job as r
	select * from rollup_jobs_hourly($1, $2, $3)
	on conflict on constraint rollup_job_pkey do update set
		accepted = r.accepted + excluded.accepted,
		done = r.done + excluded.done,
		failed = r.failed + excluded.failed,
		expired = r.expired + excluded.expired,
		cancelled = r.cancelled + excluded.cancelled,
		total_ms = rollup_plus(r.total_ms, excluded.total_ms);
	insert into rollup_attempt as r
	select * from rollup_attempts_hourly($1, $2, $3)
	on conflict on constraint rollup_attempt_pkey do update set
		delivered = r.delivered + excluded.delivered,
		failed = r.failed + excluded.failed,
		ours = r.ours + excluded.ours,
		dropped = r.dropped + excluded.dropped,
		bytes = r.bytes + excluded.bytes,
		queue_ms = rollup_plus(r.queue_ms, excluded.queue_ms),
		miner_ms = rollup_plus(r.miner_ms, excluded.miner_ms);
	insert into rollup_part as r
	select * from rollup_parts_hourly($1, $2, $3)
	on conflict on constraint rollup_part_pkey do update set
		ms = rollup_plus(r.ms, excluded.ms);
	insert into rollup_reason as r
	select * from rollup_reasons_hourly($1, $2, $3)
	on conflict on constraint rollup_reason_pkey do update set
		attempts = r.attempts + excluded.attempts;
	insert into rollup_failure as r
	select * from rollup_failures_hourly($1, $2, $3)
	on conflict on constraint rollup_failure_pkey do update set
		jobs = r.jobs + excluded.jobs,
		first_at = least(r.first_at, excluded.first_at),
		last_at = greatest(r.last_at, excluded.last_at),
		example = case when excluded.last_at > r.last_at
			then excluded.example else r.example end;
end
$$;

create function rollup_trim(netuid integer, minutes_before timestamptz,
	hours_before timestamptz) returns void
language plpgsql as $$
begin
	delete from rollup_job r where r.netuid = $1
		and (r.seconds = 60 and r.at < $2
			or r.seconds = 3600 and r.at < $3);
	delete from rollup_attempt r where r.netuid = $1
		and (r.seconds = 60 and r.at < $2
			or r.seconds = 3600 and r.at < $3);
	delete from rollup_part r where r.netuid = $1
		and (r.seconds = 60 and r.at < $2
			or r.seconds = 3600 and r.at < $3);
	delete from rollup_reason r where r.netuid = $1
		and (r.seconds = 60 and r.at < $2
			or r.seconds = 3600 and r.at < $3);
	delete from rollup_failure r where r.netuid = $1
		and (r.seconds = 60 and r.at < $2
			or r.seconds = 3600 and r.at < $3);
end
$$;

-- Bring a subnet's roll-ups up to date, ten minutes further at most. Times are
-- written by the programs, and a row may be seen a little after the time it
-- bears: a minute is written down five seconds after it was over and once more,
-- for good, when it has been for a quarter of an hour. Minutes are kept for two
-- days, hours for as long as is said. How many minutes were written down; null
-- if somebody else is at it; more are left if it is 10.
create function rollup_keep(netuid integer, now timestamptz, keep interval)
returns integer
language plpgsql as $$
declare
	s rollup_state;
	past timestamptz;
	upto timestamptz;
	made integer := 0;
begin
	if not pg_try_advisory_xact_lock(hashtext('rollup'), $1) then
		return null;
	end if;
	select * into s from rollup_state r where r.netuid = $1 for update;
	if not found then
		past := date_trunc('hour', coalesce((
			select greatest(j.created_at, $2 - $3)
			from job j
			where j.netuid = $1
			order by j.created_at
			limit 1), $2), 'UTC');
		insert into rollup_state values ($1, past, past, $2)
		returning * into s;
	end if;

	upto := least(s.fresh_to + interval '10 min',
		date_trunc('minute', $2 - interval '5 s'));
	if upto > s.fresh_to then
		perform rollup_minutes($1, s.fresh_to, upto);
		made := extract(epoch from upto - s.fresh_to) / 60;
		s.fresh_to := upto;
	end if;
	update rollup_state r set fresh_to = s.fresh_to, at = $2
	where r.netuid = $1;

	upto := least(s.fresh_to, s.settled_to + interval '10 min',
		date_trunc('minute', $2 - interval '15 min'));
	if upto > s.settled_to then
		perform rollup_minutes($1, s.settled_to, upto);
		perform rollup_hours($1, s.settled_to, upto);
		update rollup_state r set settled_to = upto where r.netuid = $1;
		if date_trunc('hour', upto) > s.settled_to then
			perform rollup_trim($1, least(upto, $2 - interval '2 d'),
				$2 - $3);
		end if;
	end if;
	return made;
end
$$;

-- -- views: jobs -------------------------------------------------------------

create or replace view dash_v1.jobs as
select id, netuid, kind, state, priority, created_at, finished_at, reason,
	extract(epoch from finished_at - created_at) * 1000 as total_ms,
	source, tenant, deadline_at, miners_wanted, tries, retries_left,
	best_attempt, input_type, input_bytes, redrive_of
from job;

comment on view dash_v1.jobs is
	'Every job. reason: why it did not come to its end (dash_v1.reasons); '
	'total_ms: from its beginning to its end; source: a client, or us; '
	'redrive_of: the job that it tries once more.';

create view dash_v1.attempts as
select a.id, a.job_id, a.netuid, a.kind, a.hotkey, a.uid, a.state, a.reason,
	r.side, a.prepared_at, a.sent_at, a.accepted_at, a.received_at,
	a.finished_at, a.deadline_at, a.queue_ms, a.dispatch_ms, a.miner_ms,
	a.result_type, a.result_bytes, a.hedge_of, a.is_unproven, a.judged_at,
	(a.receipt ->> 'chance')::double precision as chance,
	(a.receipt ->> 'in')::integer as candidates
from attempt a
left join reason r on r.name = a.reason;

comment on view dash_v1.attempts is
	'Every attempt, one job at one miner. queue_ms: our part, dispatch_ms: '
	'until the miner acknowledged, miner_ms: the miner''s part, which is '
	'scored; side: whose doing its reason is; chance: that the draw fell '
	'on this miner, among so many candidates; hedge_of: the slow attempt '
	'that it was made beside.';

create view dash_v1.queue as
select netuid, kind, tenant, state, count(*) as jobs,
	min(created_at) as oldest_at, min(deadline_at) as due_at
from job
where finished_at is null
group by netuid, kind, tenant, state;

comment on view dash_v1.queue is
	'Jobs that are not over: how many, since when the oldest of them is '
	'there, and the first deadline.';

create view dash_v1.throughput as
select netuid, at, kind, source, accepted, done, failed, expired, cancelled,
	total_ms as histogram
from rollup_job
where seconds = 60
union all
select live.netuid, live.at, live.kind, live.source, live.accepted, live.done,
	live.failed, live.expired, live.cancelled, live.total_ms
from rollup_state s
cross join rollup_jobs(s.netuid, s.fresh_to, 'infinity') live;

comment on view dash_v1.throughput is
	'Jobs by the minute, of the last two days: those that came in and those '
	'that ended in it. histogram: of the time that the done ones took, for '
	'dash_v1.merge and dash_v1.quantile.';

create view dash_v1.throughput_hours as
select netuid, at, kind, source, sum(accepted)::bigint as accepted,
	sum(done)::bigint as done, sum(failed)::bigint as failed,
	sum(expired)::bigint as expired, sum(cancelled)::bigint as cancelled,
	dash_v1.merge(total_ms) as histogram
from (
	select * from rollup_job
	where seconds = 3600
	union all
	select live.*
	from rollup_state s
	cross join rollup_jobs_hourly(s.netuid, s.settled_to, 'infinity')
		live) h
group by netuid, at, kind, source;

comment on view dash_v1.throughput_hours is
	'As dash_v1.throughput by the hour, for as long as hours are kept.';

-- -- views: attempts ---------------------------------------------------------

create view dash_v1.miner_work as
select netuid, at, hotkey, kind,
	delivered + failed + ours + dropped as attempts, delivered, failed,
	ours, dropped, bytes, queue_ms as queue_histogram,
	miner_ms as miner_histogram
from rollup_attempt
where seconds = 60
union all
select live.netuid, live.at, live.hotkey, live.kind,
	live.delivered + live.failed + live.ours + live.dropped,
	live.delivered, live.failed, live.ours, live.dropped, live.bytes,
	live.queue_ms, live.miner_ms
from rollup_state s
cross join rollup_attempts(s.netuid, s.fresh_to, 'infinity') live;

comment on view dash_v1.miner_work is
	'Attempts that ended, by the minute, of the last two days. failed: the '
	'miner''s doing; ours: not; dropped: not needed any more or cancelled. '
	'Histograms: of our part of the time of those sent, and of the miner''s '
	'part of those delivered.';

create view dash_v1.miner_work_hours as
select netuid, at, hotkey, kind,
	sum(delivered + failed + ours + dropped)::bigint as attempts,
	sum(delivered)::bigint as delivered, sum(failed)::bigint as failed,
	sum(ours)::bigint as ours, sum(dropped)::bigint as dropped,
	sum(bytes)::bigint as bytes, dash_v1.merge(queue_ms) as queue_histogram,
	dash_v1.merge(miner_ms) as miner_histogram
from (
	select * from rollup_attempt
	where seconds = 3600
	union all
	select live.*
	from rollup_state s
	cross join rollup_attempts_hourly(s.netuid, s.settled_to, 'infinity')
		live) h
group by netuid, at, hotkey, kind;

comment on view dash_v1.miner_work_hours is
	'As dash_v1.miner_work by the hour, for as long as hours are kept.';

create view dash_v1.miner_failures as
select f.netuid, f.at, f.hotkey, f.kind, f.reason, r.side, f.attempts
from (
	select netuid, at, hotkey, kind, reason, attempts
	from rollup_reason
	where seconds = 60
	union all
	select live.netuid, live.at, live.hotkey, live.kind, live.reason,
		live.attempts
	from rollup_state s
	cross join rollup_reasons(s.netuid, s.fresh_to, 'infinity') live) f
left join reason r on r.name = f.reason;

comment on view dash_v1.miner_failures is
	'Attempts that were not delivered, by the minute and their reason, of '
	'the last two days.';

create view dash_v1.miner_failures_hours as
select f.netuid, f.at, f.hotkey, f.kind, f.reason, r.side,
	sum(f.attempts)::bigint as attempts
from (
	select netuid, at, hotkey, kind, reason, attempts
	from rollup_reason
	where seconds = 3600
	union all
	select live.netuid, live.at, live.hotkey, live.kind, live.reason,
		live.attempts
	from rollup_state s
	cross join rollup_reasons_hourly(s.netuid, s.settled_to, 'infinity')
		live) f
left join reason r on r.name = f.reason
group by f.netuid, f.at, f.hotkey, f.kind, f.reason, r.side;

comment on view dash_v1.miner_failures_hours is
	'As dash_v1.miner_failures by the hour, for as long as hours are kept.';

create view dash_v1.failures as
select f.netuid, f.at, rollup_cause(f.kind, f.reason, f.attempts) as cause,
	f.kind, f.reason, f.attempts, f.jobs, f.first_at, f.last_at, f.example
from (
	select netuid, at, kind, reason, attempts, jobs, first_at, last_at,
		example
	from rollup_failure
	where seconds = 60
	union all
	select live.netuid, live.at, live.kind, live.reason, live.attempts,
		live.jobs, live.first_at, live.last_at, live.example
	from rollup_state s
	cross join rollup_failures(s.netuid, s.fresh_to, 'infinity') live) f;

comment on view dash_v1.failures is
	'Jobs that failed or expired, by the minute and their cause, of the last '
	'two days. cause: the group that subnetctl jobs failures names and jobs '
	'redrive takes; attempts: the reasons of their attempts; example: the '
	'latest such job.';

create view dash_v1.failures_hours as
select f.netuid, f.at, rollup_cause(f.kind, f.reason, f.attempts) as cause,
	f.kind, f.reason, f.attempts, sum(f.jobs)::bigint as jobs,
	min(f.first_at) as first_at, max(f.last_at) as last_at,
	(array_agg(f.example order by f.last_at desc))[1] as example
from (
	select netuid, at, kind, reason, attempts, jobs, first_at, last_at,
		example
	from rollup_failure
	where seconds = 3600
	union all
	select live.netuid, live.at, live.kind, live.reason, live.attempts,
		live.jobs, live.first_at, live.last_at, live.example
	from rollup_state s
	cross join rollup_failures_hourly(s.netuid, s.settled_to, 'infinity')
		live) f
group by f.netuid, f.at, f.kind, f.reason, f.attempts;

comment on view dash_v1.failures_hours is
	'As dash_v1.failures by the hour, for as long as hours are kept.';

-- -- views: latency ----------------------------------------------------------

create view dash_v1.latency as
select l.netuid, l.at, l.kind, l.part,
	(select sum(n) from unnest(l.histogram) as n)::bigint as n,
	dash_v1.quantile(l.histogram, 0.5) as p50_ms,
	dash_v1.quantile(l.histogram, 0.9) as p90_ms,
	dash_v1.quantile(l.histogram, 0.95) as p95_ms,
	dash_v1.quantile(l.histogram, 0.99) as p99_ms, l.histogram
from (
	select netuid, at, kind, 'total' as part,
		dash_v1.merge(histogram) as histogram
	from dash_v1.throughput
	group by netuid, at, kind
	union all
	select netuid, at, kind, part, ms
	from rollup_part
	where seconds = 60
	union all
	select live.netuid, live.at, live.kind, live.part, live.ms
	from rollup_state s
	cross join rollup_parts(s.netuid, s.fresh_to, 'infinity') live) l
where l.histogram is not null;

comment on view dash_v1.latency is
	'Quantiles of times by the minute, of the last two days. part: total, of '
	'jobs that were done, from beginning to end; queue, our part of their '
	'attempts; miner, the miners'' part. histogram: to be added up by '
	'dash_v1.merge, as quantiles cannot.';

create view dash_v1.latency_hours as
select l.netuid, l.at, l.kind, l.part,
	(select sum(n) from unnest(l.histogram) as n)::bigint as n,
	dash_v1.quantile(l.histogram, 0.5) as p50_ms,
	dash_v1.quantile(l.histogram, 0.9) as p90_ms,
	dash_v1.quantile(l.histogram, 0.95) as p95_ms,
	dash_v1.quantile(l.histogram, 0.99) as p99_ms, l.histogram
from (
	select netuid, at, kind, 'total' as part,
		dash_v1.merge(histogram) as histogram
	from dash_v1.throughput_hours
	group by netuid, at, kind
	union all
	select netuid, at, kind, part, dash_v1.merge(ms)
	from (
		select netuid, at, kind, part, ms
		from rollup_part
		where seconds = 3600
		union all
		select live.netuid, live.at, live.kind, live.part, live.ms
		from rollup_state s
		cross join rollup_parts_hourly(s.netuid, s.settled_to,
			'infinity') live) h
	group by netuid, at, kind, part) l
where l.histogram is not null;

comment on view dash_v1.latency_hours is
	'As dash_v1.latency by the hour, for as long as hours are kept.';

-- -- views: miners -----------------------------------------------------------

create view dash_v1.miners as
select n.netuid, n.hotkey, n.uid, n.coldkey,
	(n.alpha_stake / 1e9)::double precision as alpha, d.address,
	coalesce(d.is_axon, false) as is_axon, coalesce(m.is_up, false) as is_up,
	m.probed_at, m.polled_at, m.capacity, coalesce(m.failures, 0) as failures,
	coalesce(m.streak, 0) as streak, m.ejections, m.ejected_until,
	m.banned_at, m.ban_reason, coalesce(f.n, 0) as failed_audits,
	f.until as failed_audits_until
from neuron n
left join miner_door d on d.netuid = n.netuid and d.hotkey = n.hotkey
left join miner m on m.netuid = n.netuid and m.hotkey = n.hotkey
left join (
	select netuid, hotkey, count(*) as n, max(expires_at) as until
	from audit_failure
	where expires_at > now()
	group by netuid, hotkey) f on f.netuid = n.netuid
	and f.hotkey = n.hotkey
where d.address is not null or m.hotkey is not null;

comment on view dash_v1.miners is
	'The miners: neurons that said where they are, or that we have tried. '
	'failures: recent ones, as routing counts them; ejected_until: it gets '
	'nothing before, and one attempt at a time behind it; failed_audits: '
	'those that still keep it out of routing.';

create view dash_v1.lanes as
select netuid, hotkey, capacity_key, earned, at
from lane;

comment on view dash_v1.lanes is
	'How many attempts at once a miner has earned, by what it calls the kind.';

create view dash_v1.judgements as
select netuid, attempt_id, hotkey, kind, source, at, ended_at, success, speed,
	accuracy, metric, reference, miner_ms, total_ms, reason
from judgement;

comment on view dash_v1.judgements is
	'The verdict on each attempt that counts. metric: what the accuracy is '
	'measured by; reference: what it was compared with; null: not measured.';

create view dash_v1.audits as
select netuid, attempt_id, kind, hotkey, trusted, at, state, settled_at, why
from audit;

comment on view dash_v1.audits is
	'Attempts that a trusted miner did again, and what came of it; void: '
	'nothing can be said.';

-- -- views: scores -----------------------------------------------------------

comment on view dash_v1.scores is
	'What each miner earned in each round: its jobs, the parts of its score, '
	'the score, the win rate, the weight.';

create view dash_v1.rounds as
select netuid, mecid, epoch, block, at, policy, policy_sha256, window_from,
	events, inputs_sha256
from score_run;

comment on view dash_v1.rounds is
	'The scoring rounds: the block whose neurons counted, the policy, how '
	'many judgements of the window from window_from on there were. With '
	'inputs_sha256 anybody can tell whether he made the same round again.';

create view dash_v1.win_rates as
select r.netuid, r.mecid, r.epoch, r.at, e.hotkey, e.uid, e.wins, e.win_rate,
	rank() over (of_round order by e.score desc) as place,
	count(*) over of_round as among, e.score, e.weight, e.out
from score_run r
join score_entry e on e.run_id = r.id
window of_round as (partition by r.netuid, r.mecid, r.epoch, r.at);

comment on view dash_v1.win_rates is
	'Each miner''s place in each round, by its score, among so many; over how '
	'many it won, the share of that, and its weight. out: why it was not '
	'compared.';

create view dash_v1.latest_scores as
select r.netuid, r.mecid, r.epoch, r.block, r.at, e.hotkey, e.uid, e.jobs,
	e.successes, e.latency_p50_ms, e.speed, e.accuracy, e.stake_share,
	e.score, rank() over (partition by r.id order by e.score desc) as place,
	e.wins, e.win_rate, e.weight, e.out
from (
	select distinct on (netuid, mecid) id, netuid, mecid, epoch, block, at
	from score_run
	order by netuid, mecid, epoch desc) r
join score_entry e on e.run_id = r.id;

comment on view dash_v1.latest_scores is
	'As dash_v1.scores, of the newest round of each mechanism alone.';

-- -- views: weights ----------------------------------------------------------

comment on view dash_v1.weights is
	'The ledger of weights in short; dash_v1.ledger has it whole.';

comment on view dash_v1.setters is
	'How each setter of weights stood at the last head it looked at: what it '
	'waits for, how many tempos it is behind, what a person must look at.';

create view dash_v1.ledger as
select id, netuid, mecid, vector_id, state, action, hotkey, call,
	cardinality(uids) as uids, version_key, spec_version, nonce, era_birth,
	era_death, extrinsic_hash, commit_hash, intended_at, submitted_at,
	included_block, included_hash, finalized_block, finalized_hash,
	reveal_round, reveal_block, commit_epoch, reveals, proven_block,
	proven_hash, ended_at, reason
from ledger;

comment on view dash_v1.ledger is
	'Every intention to set weights and how far it got. proven: the chain''s '
	'own storage showed them in a finalized block; uids: how many; reveals: '
	'the commit that a reveal opens.';

create view dash_v1.ledger_weights as
select l.netuid, l.mecid, l.id as ledger_id, l.state, l.intended_at,
	l.proven_block, u.uid, coalesce(e.hotkey, n.hotkey) as hotkey, u.weight,
	u.weight::double precision / nullif(sum(u.weight) over (
		partition by l.netuid, l.mecid, l.id, l.state, l.intended_at,
			l.proven_block), 0) as share
from ledger l
cross join lateral unnest(l.uids, l.weights) as u (uid, weight)
left join weight_entry e on e.vector_id = l.vector_id and e.uid = u.uid
left join neuron n on n.netuid = l.netuid and n.uid = u.uid
where l.action <> 'reveal';

comment on view dash_v1.ledger_weights is
	'What was sent, uid by uid: of 65535, and as a share of the whole. hotkey: '
	'whom it was meant for.';

create view dash_v1.weight_vectors as
select v.id, v.netuid, v.mecid, r.epoch, v.block, v.created_at, v.source,
	v.origin, v.taken_at, v.accepted_at, v.refusal,
	(select count(*) from weight_entry e where e.vector_id = v.id)
		as entries
from weight_vector v
left join score_run r on r.id = v.run_id;

comment on view dash_v1.weight_vectors is
	'What was to be set. source: a round, an operator, a proven one again, '
	'or the fallback; refusal: the rule it was not sent by.';

create view dash_v1.vector_weights as
select v.netuid, v.mecid, v.id as vector_id, v.created_at, e.hotkey, e.uid,
	e.weight
from weight_vector v
join weight_entry e on e.vector_id = v.id;

comment on view dash_v1.vector_weights is
	'The vectors, hotkey by hotkey.';

-- -- views: the chain --------------------------------------------------------

create view dash_v1.chain_weather as
select netuid, block, at, block_hash, spec_version,
	block - lag(block) over by_block as blocks,
	extract(epoch from at - lag(at) over by_block)::double precision
		as seconds, hyper
from snapshot
window by_block as (partition by netuid order by block);

comment on view dash_v1.chain_weather is
	'What was read of the chain, snapshot by snapshot: how many blocks and '
	'seconds after the one before, the runtime''s version and the subnet''s '
	'hyper-parameters.';

-- -- views: engagement -------------------------------------------------------

create or replace view dash_v1.growth as
select c.netuid, c.hotkey, c.platform, p.content_id, o.bucket, o.block, o.at,
	o.state, o.views, o.likes, o.comments, o.followers,
	o.bucket - b.bucket as buckets, o.views - b.views as views_more,
	o.likes - b.likes as likes_more, o.comments - b.comments as comments_more
from post_claim c
join post p on p.id = c.post_id
join post_observation o on o.post_id = p.id and o.bucket >= c.bucket
left join lateral (
	select e.bucket, e.views, e.likes, e.comments
	from post_observation e
	where e.post_id = o.post_id and e.bucket < o.bucket
		and e.bucket >= c.bucket
	order by e.bucket desc
	limit 1) b on true;

create view dash_v1.engagement as
select r.netuid, r.mecid, r.epoch, r.at, p.hotkey, count(*) as posts,
	count(*) filter (where p.gave > 0) as counted,
	count(*) filter (where p.gone) as gone,
	count(*) filter (where p.barred is not null) as barred,
	sum(p.gave) as gave, sum(p.gained) as gained, sum(p.waiting) as waiting,
	sum(p.spike) as spike, sum(p.crowd) as crowd, sum(p.thin) as thin,
	sum(p.value) as value, sum(p.debt) as debt
from score_run r
join run_post p on p.run_id = r.id
group by r.netuid, r.mecid, r.epoch, r.at, p.hotkey;

comment on view dash_v1.engagement is
	'What each miner''s posts gave in each round, in points: as '
	'dash_v1.post_scores, added up. counted: posts that gave something.';

create view dash_v1.engagement_growth as
select netuid, hotkey, platform, bucket, max(at) as at, count(*) as posts,
	sum(views)::bigint as views, sum(views_more)::bigint as views_more,
	sum(likes)::bigint as likes, sum(likes_more)::bigint as likes_more,
	sum(comments)::bigint as comments,
	sum(comments_more)::bigint as comments_more
from dash_v1.growth
where state = 'ok'
group by netuid, hotkey, platform, bucket;

comment on view dash_v1.engagement_growth is
	'What was measured of each miner''s posts, bucket by bucket, and how much '
	'more that was than before. A post that several claim counts for each.';

-- -- views: the suite itself -------------------------------------------------

comment on view dash_v1.schedules is
	'Jobs that are made by the clock: when next, and the last one.';

comment on view dash_v1.webhook_deliveries is
	'Messages to receivers of webhooks: tries, the last answer, whether it '
	'was taken.';

create view dash_v1.instances as
select id, program, netuid, started_at, seen_at, left_at, url
from instance;

comment on view dash_v1.instances is
	'The programs that are or were running: a live one is seen every few '
	'seconds, one that was told to stop has left.';

create view dash_v1.kinds as
select netuid, name, protocol, capacity_key, deadline_ms, attempt_ms,
	retry_budget, miners_min, miners_wanted, miners_max, scoring, hedge,
	deterministic
from kind;

comment on view dash_v1.kinds is
	'The kinds of jobs.';

create view dash_v1.reasons as
select name, side, help
from reason;

comment on view dash_v1.reasons is
	'Why a job or an attempt did not come to its end, and whose doing each '
	'is: miner, us or client.';

create view dash_v1.tables as
select relname::text as name, n_live_tup as live, n_dead_tup as dead,
	pg_total_relation_size(relid) as bytes,
	greatest(last_vacuum, last_autovacuum) as vacuumed_at
from pg_stat_user_tables
where schemaname = 'public';

comment on view dash_v1.tables is
	'The size of each table, and rows in it that are no more: as PostgreSQL '
	'estimates them.';

create view dash_v1.rollups as
select netuid, fresh_to, settled_to, at
from rollup_state;

comment on view dash_v1.rollups is
	'How far the roll-ups are kept: minutes before fresh_to are written down, '
	'those before settled_to for good; what came behind is shown as it is. '
	'at: when they were looked after last.';

-- -- the role ----------------------------------------------------------------

-- Makes the role dash_reader, unless it is there, and lets it see the views
-- and nothing else. It has no password: who is to log in by one is given one
-- by hand. Who may not make roles is told so; the function is to be called
-- again then by somebody who may.
create function dash_reader_make() returns void
language plpgsql as $$
declare
	owner name := (select pg_get_userbyid(nspowner) from pg_namespace
		where nspname = 'dash_v1');
begin
	if not exists (select from pg_roles where rolname = 'dash_reader') then
		create role dash_reader login connection limit 20;
		alter role dash_reader set statement_timeout = '15s';
		alter role dash_reader set idle_in_transaction_session_timeout
			= '10s';
		alter role dash_reader set lock_timeout = '2s';
		alter role dash_reader set default_transaction_read_only = on;
		alter role dash_reader set search_path = dash_v1;
		alter role dash_reader set jit = off;
	end if;
	-- Who owns the schema may end its sessions (dash_cut.sql), if that can be.
	begin
		if not pg_has_role(owner, 'dash_reader', 'usage') then
			execute format('grant dash_reader to %I', owner);
		end if;
	exception
		when insufficient_privilege then
			raise notice '% cannot end sessions of dash_reader; '
				'only its own limits do', owner;
	end;
	grant usage on schema dash_v1 to dash_reader;
	grant select on all tables in schema dash_v1 to dash_reader;
	execute format('alter default privileges for role %I in schema dash_v1 '
		'grant select on tables to dash_reader', owner);
exception
	when insufficient_privilege then
		raise warning 'the role dash_reader was not made: %; let a '
			'superuser call dash_reader_make()', sqlerrm;
end
$$;

select dash_reader_make();
