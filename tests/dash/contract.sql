-- The contract: what each view of dash_v1 has, by name and type. A column that
-- goes or changes breaks somebody's dashboard; a new one is added here.
begin;
select plan(3);

select results_eq(
	$$select (table_name || ': ' || string_agg(column_name || ' '
			|| udt_name, ', ' order by ordinal_position))
		collate "default"
	from information_schema.columns
	where table_schema = 'dash_v1'
	group by table_name
	order by table_name collate "C"$$,
	array[
		'attempts: id uuid, job_id uuid, netuid int4, kind '
			'text, hotkey text, uid int4, state attempt_state, '
			'reason text, side text, prepared_at timestamptz, '
			'sent_at timestamptz, accepted_at timestamptz, '
			'received_at timestamptz, finished_at timestamptz, '
			'deadline_at timestamptz, queue_ms float8, dispatch_ms '
			'float8, miner_ms float8, result_type text, '
			'result_bytes int8, hedge_of uuid, is_unproven bool, '
			'judged_at timestamptz, chance float8, candidates int4',
		'audits: netuid int4, attempt_id uuid, kind text, '
			'hotkey text, trusted text, at timestamptz, state text, '
			'settled_at timestamptz, why text',
		'chain_weather: netuid int4, block int8, at '
			'timestamptz, block_hash text, spec_version int8, '
			'blocks int8, seconds float8, hyper jsonb',
		'commitments: netuid int4, hotkey text, changed_block '
			'int8, block int8, deposit numeric, fields jsonb, text '
			'text, hash text, reveal_round numeric, address text, '
			'data text, decode_error text',
		'endpoint_weather: netuid int4, at timestamptz, '
			'endpoint text, is_up bool, is_in_use bool, '
			'is_distrusted bool, lag_blocks int8, latency_ms '
			'float8, answered int8, limited int8, failed int8',
		'endpoints: netuid int4, endpoint text, at timestamptz, '
			'is_up bool, is_in_use bool, is_distrusted bool, '
			'lag_blocks int8, latency_ms float8',
		'engagement: netuid int4, mecid int4, epoch int8, at '
			'timestamptz, hotkey text, posts int8, counted int8, '
			'gone int8, barred int8, gave float8, gained float8, '
			'waiting float8, spike float8, crowd float8, thin '
			'float8, value float8, debt float8',
		'engagement_growth: netuid int4, hotkey text, platform '
			'text, bucket int8, at timestamptz, posts int8, views '
			'int8, views_more int8, likes int8, likes_more int8, '
			'comments int8, comments_more int8',
		'failures: netuid int4, at timestamptz, cause text, '
			'kind text, reason text, attempts text, jobs int8, '
			'first_at timestamptz, last_at timestamptz, example '
			'uuid',
		'failures_hours: netuid int4, at timestamptz, cause '
			'text, kind text, reason text, attempts text, jobs '
			'int8, first_at timestamptz, last_at timestamptz, '
			'example uuid',
		'flags: netuid int4, hotkey text, platform text, '
			'content_id text, bucket int8, at timestamptz, flag '
			'text, why text, by_hotkey text',
		'gists: netuid int4, hotkey text, text text, block '
			'int8, wrong text, state text, answered_at timestamptz, '
			'claims int8, faults int8, why text',
		'growth: netuid int4, hotkey text, platform text, '
			'content_id text, bucket int8, block int8, at '
			'timestamptz, state text, views int8, likes int8, '
			'comments int8, followers int8, buckets int8, '
			'views_more int8, likes_more int8, comments_more int8',
		'instances: id uuid, program text, netuid int4, '
			'started_at timestamptz, seen_at timestamptz, left_at '
			'timestamptz, url text',
		'jobs: id uuid, netuid int4, kind text, state '
			'job_state, priority int4, created_at timestamptz, '
			'finished_at timestamptz, reason text, total_ms '
			'numeric, source job_source, tenant text, deadline_at '
			'timestamptz, miners_wanted int4, tries int4, '
			'retries_left int4, best_attempt uuid, input_type text, '
			'input_bytes int8, redrive_of uuid',
		'judgements: netuid int4, attempt_id uuid, hotkey text, '
			'kind text, source job_source, at timestamptz, ended_at '
			'timestamptz, success bool, speed float8, accuracy '
			'float8, metric text, reference text, miner_ms float8, '
			'total_ms float8, reason text',
		'kinds: netuid int4, name text, protocol text, '
			'capacity_key text, deadline_ms int8, attempt_ms int8, '
			'retry_budget int4, miners_min int4, miners_wanted '
			'int4, miners_max int4, scoring text, hedge bool, '
			'deterministic bool',
		'lanes: netuid int4, hotkey text, capacity_key text, '
			'earned float8, at timestamptz',
		'latency: netuid int4, at timestamptz, kind text, part '
			'text, n int8, p50_ms float8, p90_ms float8, p95_ms '
			'float8, p99_ms float8, histogram _int8',
		'latency_hours: netuid int4, at timestamptz, kind text, '
			'part text, n int8, p50_ms float8, p90_ms float8, '
			'p95_ms float8, p99_ms float8, histogram _int8',
		'latest_scores: netuid int4, mecid int4, epoch int8, '
			'block int8, at timestamptz, hotkey text, uid int4, '
			'jobs int4, successes int4, latency_p50_ms float8, '
			'speed float8, accuracy float8, stake_share float8, '
			'score float8, place int8, wins int4, win_rate float8, '
			'weight float8, out text',
		'ledger: id uuid, netuid int4, mecid int4, vector_id '
			'uuid, state ledger_state, action text, hotkey text, '
			'call text, uids int4, version_key int8, spec_version '
			'int8, nonce int8, era_birth int8, era_death int8, '
			'extrinsic_hash text, commit_hash text, intended_at '
			'timestamptz, submitted_at timestamptz, included_block '
			'int8, included_hash text, finalized_block int8, '
			'finalized_hash text, reveal_round int8, reveal_block '
			'int8, commit_epoch int8, reveals uuid, proven_block '
			'int8, proven_hash text, ended_at timestamptz, reason '
			'text',
		'ledger_weights: netuid int4, mecid int4, ledger_id '
			'uuid, state ledger_state, intended_at timestamptz, '
			'proven_block int8, uid int4, hotkey text, weight int4, '
			'share float8',
		'miner_failures: netuid int4, at timestamptz, hotkey '
			'text, kind text, reason text, side text, attempts int8',
		'miner_failures_hours: netuid int4, at timestamptz, '
			'hotkey text, kind text, reason text, side text, '
			'attempts int8',
		'miner_work: netuid int4, at timestamptz, hotkey text, '
			'kind text, attempts int8, delivered int8, failed int8, '
			'ours int8, dropped int8, bytes int8, queue_histogram '
			'_int8, miner_histogram _int8',
		'miner_work_hours: netuid int4, at timestamptz, hotkey '
			'text, kind text, attempts int8, delivered int8, failed '
			'int8, ours int8, dropped int8, bytes int8, '
			'queue_histogram _int8, miner_histogram _int8',
		'miners: netuid int4, hotkey text, uid int4, coldkey '
			'text, alpha float8, address text, is_axon bool, is_up '
			'bool, probed_at timestamptz, polled_at timestamptz, '
			'capacity jsonb, failures float8, streak int4, '
			'ejections int4, ejected_until timestamptz, banned_at '
			'timestamptz, ban_reason text, failed_audits int8, '
			'failed_audits_until timestamptz',
		'neuron_changes: netuid int4, block int8, after_block '
			'int8, at timestamptz, uid int4, kind text, old_hotkey '
			'text, new_hotkey text',
		'neurons: netuid int4, uid int4, hotkey text, coldkey '
			'text, changed_block int8, seen_block int8, seen_at '
			'timestamptz, active bool, validator_permit bool, '
			'alpha_stake numeric, tao_stake numeric, total_stake '
			'numeric, trust int4, consensus int4, incentive int4, '
			'dividends int4, emission numeric, last_update int8, '
			'registered_block int8, axon_ip text, axon_port int4, '
			'axon_protocol int4, axon_version int8, axon_block '
			'int8, address text, address_block int8, locked '
			'numeric, locked_own numeric',
		'organic_tasks: netuid int4, id uuid, title text, brief '
			'text, platform text, reward numeric, created_at '
			'timestamptz, closes_at timestamptz, created_by text, '
			'payments int8, paid numeric',
		'payments: netuid int4, id uuid, task_id uuid, hotkey '
			'text, amount numeric, at timestamptz, by_whom text, '
			'reference text',
		'post_scores: netuid int4, mecid int4, epoch int8, at '
			'timestamptz, hotkey text, content text, gave float8, '
			'why text, gained float8, waiting float8, spike float8, '
			'crowd float8, thin float8, value float8, debt float8, '
			'listed bool, gone bool, owned bool, ai float8, illicit '
			'float8, bots float8, followers float8, burst float8',
		'posts: netuid int4, hotkey text, platform text, '
			'content_id text, account text, owner text, block int8, '
			'first_at timestamptz, published_at timestamptz, '
			'is_listed bool, state text, why text, by_hotkey text, '
			'bucket int8, measured_at timestamptz, views int8, '
			'likes int8, comments int8, followers int8, ai_score '
			'float8, is_illicit bool, bot_probability float8, '
			'bot_confidence float8, away text',
		'queue: netuid int4, kind text, tenant text, state '
			'job_state, jobs int8, oldest_at timestamptz, due_at '
			'timestamptz',
		'reasons: name text, side text, help text',
		'revealed_commitments: netuid int4, hotkey text, '
			'changed_block int8, revealed jsonb, data text, '
			'decode_error text',
		'rollups: netuid int4, fresh_to timestamptz, settled_to '
			'timestamptz, at timestamptz',
		'rounds: netuid int4, mecid int4, epoch int8, block '
			'int8, at timestamptz, policy text, policy_sha256 text, '
			'window_from timestamptz, events int8, inputs_sha256 '
			'text',
		'routing_shares: netuid int4, at timestamptz, '
			'capacity_key text, hotkey text, uid int4, draws int8, '
			'expected float8, drawn int8, low float8, high float8, '
			'is_within bool',
		'schedules: netuid int4, name text, cron text, kind '
			'text, in_file bool, enabled bool, next_at timestamptz, '
			'last_job uuid',
		'scores: netuid int4, mecid int4, epoch int8, block '
			'int8, at timestamptz, hotkey text, uid int4, jobs '
			'int4, successes int4, latency_p50_ms float8, speed '
			'float8, accuracy float8, stake_share float8, score '
			'float8, win_rate float8, weight float8',
		'setters: netuid int4, mecid int4, hotkey text, block '
			'int8, at timestamptz, call text, last_update int8, '
			'next_block int8, tempos_behind float8, committed int4, '
			'waits_for text, until_block int8, alarm text',
		'submissions: netuid int4, hotkey text, text text, '
			'block int8, seen_at timestamptz, wrong text, repo '
			'text, state text, status text, score float8, asked_at '
			'timestamptz, answered_at timestamptz, why text',
		'tables: name text, live int8, dead int8, bytes int8, '
			'vacuumed_at timestamptz',
		'throughput: netuid int4, at timestamptz, kind text, '
			'source job_source, accepted int8, done int8, failed '
			'int8, expired int8, cancelled int8, histogram _int8',
		'throughput_hours: netuid int4, at timestamptz, kind '
			'text, source job_source, accepted int8, done int8, '
			'failed int8, expired int8, cancelled int8, histogram '
			'_int8',
		'validator_weights: netuid int4, mecid int4, '
			'validator_uid int4, validator_hotkey text, '
			'changed_block int8, uid int4, hotkey text, weight int4',
		'vector_weights: netuid int4, mecid int4, vector_id '
			'uuid, created_at timestamptz, hotkey text, uid int4, '
			'weight float8',
		'webhook_deliveries: id uuid, netuid int4, tenant text, '
			'webhook uuid, receiver text, event text, job_id uuid, '
			'created_at timestamptz, tries int4, next_try_at '
			'timestamptz, status int4, why text, ended_at '
			'timestamptz, delivered bool',
		'weight_vectors: id uuid, netuid int4, mecid int4, '
			'epoch int8, block int8, created_at timestamptz, source '
			'text, origin uuid, taken_at timestamptz, accepted_at '
			'timestamptz, refusal text, entries int8',
		'weights: netuid int4, mecid int4, state ledger_state, '
			'call text, extrinsic_hash text, nonce int8, '
			'intended_at timestamptz, submitted_at timestamptz, '
			'included_block int8, finalized_block int8, '
			'proven_block int8, proven_hash text, ended_at '
			'timestamptz, reason text, action text, reveal_round '
			'int8, reveal_block int8, commit_epoch int8',
		'win_rates: netuid int4, mecid int4, epoch int8, at '
			'timestamptz, hotkey text, uid int4, wins int4, '
			'win_rate float8, place int8, among int8, score float8, '
			'weight float8, out text'],
	'the views have these columns');

select is_empty(
	$$select c.relname
	from pg_class c
	where c.relnamespace = 'dash_v1'::regnamespace
		and c.relkind in ('v', 'r', 'm')
		and obj_description(c.oid, 'pg_class') is null$$,
	'every view says what a row of it is');

select is_empty(
	$$select c.relname
	from pg_class c
	where c.relnamespace = 'dash_v1'::regnamespace and c.relkind <> 'v'$$,
	'there are views only');

select * from finish();
rollback;
