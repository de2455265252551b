-- Roll-ups: what they hold is what jobs and attempts came to, before and after
-- minutes and hours are written down, and for rows that are seen late.
begin;
select plan(37);

-- -- histograms ---------------------------------------------------------------

select is(rollup_bucket(0), 1, 'nothing takes the first bucket');
select is(rollup_bucket(0.5), 1, 'so does its upper edge');
select is(rollup_bucket(0.51), 1, 'and what is still within it');
select is(rollup_bucket(1), 8, 'a doubling is eight buckets');
select is(rollup_bucket(1e300), 256, 'the last one takes all that is longer');
select is(rollup_histogram(array[13, 11], array[7, 2]::bigint[]),
	'[11:13]={2,0,7}', 'a histogram has no holes');
select is(rollup_histogram(null, null), null, 'of nothing there is none');
select is(dash_v1.histogram_sum(a, b), c, 'histograms add up')
from (values ('{1,2}'::bigint[], '{0,0,5}'::bigint[], '{1,2,5}'::bigint[]),
	('[3:4]={1,2}', '[7:8]={3,4}', '[3:8]={1,2,0,0,3,4}'),
	('[7:8]={3,4}', '[3:4]={1,2}', '[3:8]={1,2,0,0,3,4}'),
	('[3:5]={1,2,3}', '[4:4]={5}', '[3:5]={1,7,3}'),
	('[4:4]={5}', '[3:5]={1,2,3}', '[3:5]={1,7,3}'),
	('[3:5]={1,2,3}', '[4:6]={1,1,1}', '[3:6]={1,3,4,1}'),
	('{}', '[4:4]={5}', '[4:4]={5}'), ('[4:4]={5}', '{}', '[4:4]={5}'),
	('{}', '{}', '{}')) as v (a, b, c);
select is(dash_v1.quantile('[88:88]={1}', 0), 0.5 * 2 ^ (87 / 8.0::float),
	'a bucket is where its number says');
select is(dash_v1.quantile('{}', 0.5), null, 'none has no quantile');

create temp table took as
select i * 1.7 as ms from generate_series(1, 10000) as i;

create temp table counted as
select rollup_histogram(array_agg(bucket), array_agg(n)) as h
from (
	select rollup_bucket(ms) as bucket, count(*) as n
	from took
	group by 1) b;

select ok(abs(dash_v1.quantile(h, q) / exact - 1) < 0.05,
	format('the %s quantile is right to within 5 %%', q))
from counted
cross join (values (0.5), (0.95), (0.99)) as v (q)
cross join lateral (
	select percentile_cont(q) within group (order by ms) as exact
	from took) e;

-- -- a subnet's hour ----------------------------------------------------------

create function pg_temp.job(n integer, kind text, source job_source,
	created text, state job_state, finished text, reason text)
returns void language sql as $$
	insert into job (id, netuid, kind, source, state, params, miners_min,
		miners_wanted, retries_left, created_at, deadline_at, rank_at,
		finished_at, reason)
	values (format('00000000-0000-7000-8000-%s', lpad($1::text, 12, '0'))
			::uuid, 7, $2, $3, $5, '{}', 1, 1, 0,
		('2026-01-01 ' || $4 || 'Z')::timestamptz,
		'2026-01-02 00:00Z', '2026-01-01 00:00Z',
		('2026-01-01 ' || $6 || 'Z')::timestamptz, $7)
$$;

create function pg_temp.attempt(n integer, job integer, hotkey text,
	state attempt_state, finished text, reason text,
	miner_ms double precision)
returns void language sql as $$
	insert into attempt (id, job_id, netuid, kind, hotkey, uid, address,
		state, receipt, prepared_at, deadline_at, sent_at, finished_at,
		reason, queue_ms, miner_ms, result_bytes)
	values (format('00000000-0000-7000-9000-%s', lpad($1::text, 12, '0'))
			::uuid,
		format('00000000-0000-7000-8000-%s', lpad($2::text, 12, '0'))
			::uuid, 7, 'speak', $3, 1, 'x', $4, '{}',
		'2026-01-01 00:00Z', '2026-01-02 00:00Z',
		case when $6 is distinct from 'not_sent' then
			timestamptz '2026-01-01 00:00Z' end,
		('2026-01-01 ' || $5 || 'Z')::timestamptz, $6, 100, $7, 10)
$$;

create function pg_temp.keep(now text) returns integer
language sql as $$
	select rollup_keep(7, ('2026-01-01 ' || $1 || 'Z')::timestamptz,
		interval '180 d')
$$;

-- As many times as it takes.
create function pg_temp.keep_all(now timestamptz) returns void
language plpgsql as $$
begin
	while rollup_keep(7, $1, interval '180 d') = 10 loop
	end loop;
end
$$;

create function pg_temp.jobs(view regclass) returns table (line text)
language plpgsql as $$
begin
	return query execute format('select concat_ws('' '', to_char('
		'timezone(''UTC'', at), ''HH24:MI''), kind, source, accepted, done, '
		'failed, expired, cancelled, round(dash_v1.quantile(histogram, '
		'0.5))) from %s where netuid = 7 order by at, kind, source',
		view);
end
$$;

create function pg_temp.work(view regclass) returns table (line text)
language plpgsql as $$
begin
	return query execute format('select concat_ws('' '', to_char('
		'timezone(''UTC'', at), ''HH24:MI''), hotkey, attempts, delivered, '
		'failed, ours, dropped, bytes, round(dash_v1.quantile('
		'miner_histogram, 0.5))) from %s where netuid = 7 '
		'order by at, hotkey', view);
end
$$;

select pg_temp.job(1, 'speak', 'client', '10:00:10', 'done', '10:00:12', null);
select pg_temp.job(2, 'speak', 'client', '10:00:50', 'done', '10:01:10', null);
select pg_temp.job(3, 'speak', 'schedule', '10:00:20', 'failed', '10:02:00',
	'no_budget');
select pg_temp.job(4, 'read', 'client', '10:03:00', 'queued', null, null);
select pg_temp.attempt(1, 1, 'A', 'delivered', '10:00:12', null, 1500);
select pg_temp.attempt(2, 2, 'A', 'timed_out', '10:00:58', 'no_result', null);
select pg_temp.attempt(3, 2, 'B', 'delivered', '10:01:10', null, 400);
select pg_temp.attempt(4, 3, 'B', 'refused', '10:01:30', 'refused', null);
select pg_temp.attempt(5, 3, 'C', 'abandoned', '10:02:00', 'not_sent', null);
select pg_temp.attempt(6, 1, 'D', 'cancelled', '10:00:12', 'not_needed', null);

select is(pg_temp.keep('10:02:30'), 2,
	'the minutes that were over are written down');
select results_eq($$select * from pg_temp.jobs('dash_v1.throughput')$$,
	array['10:00 speak client 2 1 0 0 0 1961',
		'10:00 speak schedule 1 0 0 0 0',
		'10:01 speak client 0 1 0 0 0 20347',
		'10:02 speak schedule 0 0 1 0 0',
		'10:03 read client 1 0 0 0 0'],
	'jobs count where they came in and where they ended');
select results_eq($$select * from pg_temp.work('dash_v1.miner_work')$$,
	array['10:00 A 2 1 1 0 0 10 1512', '10:00 D 1 0 0 0 1 0',
		'10:01 B 2 1 1 0 0 10 412', '10:02 C 1 0 0 1 0 0'],
	'attempts count by whose doing their end was');
select is((select count(*)::integer from rollup_job where netuid = 7), 3,
	'what came since is not written down, and shown all the same');
select results_eq(
	$$select reason, side, attempts from dash_v1.miner_failures
		where netuid = 7 order by reason$$,
	$$values ('no_result', 'miner', 1::bigint), ('not_needed', 'us', 1),
		('not_sent', 'us', 1), ('refused', 'miner', 1)$$,
	'each that was not delivered has a reason');
select results_eq(
	$$select kind, reason, attempts, jobs, cause from dash_v1.failures
		where netuid = 7$$,
	$$values ('speak', 'no_budget', 'not_sent refused', 1::bigint,
		left(md5('speak|no_budget|not_sent refused'), 8))$$,
	'jobs that failed have a cause, as subnetctl names it');
select results_eq(
	$$select part, n from dash_v1.latency where netuid = 7
		and at = '2026-01-01 10:00Z' order by part$$,
	$$values ('miner', 1::bigint), ('queue', 3), ('total', 1)$$,
	'each part of the time has its quantiles');

select pg_temp.job(5, 'speak', 'client', '10:00:40', 'done', '10:00:42', null);
select pg_temp.keep('10:05:30');
select is((select accepted from dash_v1.throughput where netuid = 7
		and at = '2026-01-01 10:00Z' and source = 'client'), 2::bigint,
	'a row that is seen late is not in its minute yet');
select pg_temp.keep_all('2026-01-01 10:20Z');
select is((select accepted from dash_v1.throughput where netuid = 7
		and at = '2026-01-01 10:00Z' and source = 'client'), 3::bigint,
	'but is when the minute is settled');

-- -- hours --------------------------------------------------------------------

create temp table hour_before as
select * from pg_temp.jobs('dash_v1.throughput_hours')
union all
select * from pg_temp.work('dash_v1.miner_work_hours');

select results_eq($$select * from pg_temp.jobs('dash_v1.throughput_hours')$$,
	array['10:00 read client 1 0 0 0 0', '10:00 speak client 3 3 0 0 0 2004',
		'10:00 speak schedule 1 0 1 0 0'],
	'an hour is the sum of its minutes');
select is((select sum(accepted)::integer from rollup_job
		where netuid = 7 and seconds = 3600), 5,
	'those that are settled are written down');
select is((select count(*)::integer from rollup_job
		where netuid = 7 and seconds = 60), 5,
	'and stand as minutes, too');
select pg_temp.keep_all('2026-01-01 11:16Z');
select results_eq($$select * from hour_before$$,
	$$select * from pg_temp.jobs('dash_v1.throughput_hours')
	union all
	select * from pg_temp.work('dash_v1.miner_work_hours')$$,
	'it is the same when all of them are settled');
select is((select sum(jobs) from dash_v1.failures_hours where netuid = 7),
	1::numeric, 'so are causes');

-- -- keeping ------------------------------------------------------------------

select pg_temp.keep_all('2026-01-03 12:30Z');
select is((select count(*)::integer from rollup_job
		where netuid = 7 and seconds = 60), 0,
	'minutes are forgotten after two days');
select is((select count(*)::integer from rollup_job
		where netuid = 7 and seconds = 3600), 3,
	'hours are not');

select * from finish();
rollback;
