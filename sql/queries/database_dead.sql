-- Rows of the queue's tables that are dead and not cleaned up, as PostgreSQL
-- reckons.
-- columns: name, n
select relname as name, n_dead_tup as n
from pg_stat_user_tables
where schemaname = current_schema() and relname in ('attempt', 'instance',
	'job', 'lane', 'miner', 'tenant_turn', 'webhook_delivery')
