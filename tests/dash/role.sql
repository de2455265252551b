-- The role dash_reader: it sees the views and nothing else, writes nothing, and
-- cannot stay for long.
begin;
select plan(17);

select has_role('dash_reader');
select isnt_superuser('dash_reader');
select is((select rolcreatedb or rolcreaterole or rolreplication
		or rolbypassrls from pg_roles where rolname = 'dash_reader'),
	false, 'it has no right of its own');
select is((select rolcanlogin from pg_roles where rolname = 'dash_reader'),
	true, 'it may log in');
select is((select rolpassword from pg_authid where rolname = 'dash_reader'),
	null, 'but has no password until it is given one');
select is((select rolconnlimit from pg_roles where rolname = 'dash_reader'),
	20, 'it takes so many connections and no more');

select results_eq(
	$$select unnest(rolconfig) collate "default" from pg_roles
		where rolname = 'dash_reader' order by 1$$,
	array['default_transaction_read_only=on',
		'idle_in_transaction_session_timeout=10s', 'jit=off',
		'lock_timeout=2s', 'search_path=dash_v1',
		'statement_timeout=15s'],
	'its sessions have limits');

select is_empty(
	$$select c.oid::regclass
	from pg_class c
	join pg_namespace n on n.oid = c.relnamespace
	where c.relkind in ('r', 'v', 'p', 'm', 'f')
		and n.nspname not in ('pg_catalog', 'information_schema',
			'dash_v1')
		and not n.nspname like 'pg\_temp%'
		and n.nspname not like 'pg\_toast%'
		and c.relname not in ('pg_all_foreign_keys', 'tap_funky')
		and has_table_privilege('dash_reader', c.oid,
			'select, insert, update, delete, truncate')$$,
	'it may read no table');
select is_empty(
	$$select c.oid::regclass
	from pg_class c
	where c.relnamespace = 'dash_v1'::regnamespace
		and c.relkind in ('r', 'v', 'p', 'm', 'f')
		and not has_table_privilege('dash_reader', c.oid, 'select')$$,
	'it may read every view');
select is_empty(
	$$select c.oid::regclass
	from pg_class c
	where c.relnamespace = 'dash_v1'::regnamespace
		and c.relkind in ('r', 'v', 'p', 'm', 'f')
		and has_table_privilege('dash_reader', c.oid,
			'insert, update, delete, truncate, references, trigger')$$,
	'and write none');
select is(has_schema_privilege('dash_reader', 'dash_v1', 'create'), false,
	'it makes nothing among the views');
select is(has_schema_privilege('dash_reader', 'public', 'create'), false,
	'nor among the tables');

create view dash_v1.of_a_later_version as select 1 as one;
select is(has_table_privilege('dash_reader', 'dash_v1.of_a_later_version',
	'select'), true, 'what comes later it may read, too');

set local role dash_reader;
select throws_ok('select * from public.job', '42501', null,
	'a table it is not shown');
select throws_ok('select public.rollup_keep(1, now(), interval ''1 d'')',
	'42501', null, 'nor does it keep roll-ups');
select lives_ok('select count(*) from dash_v1.jobs', 'a view it is');
select lives_ok('select dash_v1.quantile(dash_v1.merge(histogram), 0.95) '
	'from dash_v1.throughput', 'and what is made of minutes');
reset role;

select * from finish();
rollback;
