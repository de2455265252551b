/*
 * subnetctl import: another system's tables, dumped by PostgreSQL's own
 * program or exported, become rows here; once, all or none, and none of it
 * in a dry run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <libpq-fe.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/cluster.h"
#include "tests/lib/cluster_template.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/tool.h"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define GOOD "0190a1b2-017f-7abc-8def-000000000001"
#define EMPTY "0190a1b2-017f-7abc-8def-000000000002"
#define REFUSED "0190a1b2-017f-7abc-8def-000000000003"
#define OPEN "0190a1b2-017f-7abc-8def-000000000004"
#define AUDIT "0190a1b2-017f-7abc-8def-000000000005"
#define TASK "7b0d9f0e-9a5c-4f55-8a53-2c1d3e4f5a6b"
#define DUMPED "7b0d9f0e-9a5c-4f55-8a53-2c1d3e4f5a70"
#define TAG "Made with @infinitevibe.ai on #bittensor --- KutQY"

enum { MAX_WORDS = 24, ROWS_MORE = 450, MANY_LINES = 500000 };

struct place {
	struct sandbox *sb;
	struct db *db;
	char *theirs; /* conninfo of Dippy's database */
};

/* The newest snapshot is of 2025-10-28 00:00 UTC. */
static const char *const rows[] = {
    "insert into kind (netuid, name, protocol, path, capacity_key, "
    "deadline_ms, attempt_ms, answer_ms, retry_budget, miners_min, "
    "miners_wanted, miners_max, input_types, max_input_bytes, output_types, "
    "max_output_bytes, params, scoring) select 1, name, 'native', '/x', key, "
    "1000, 1000, 1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none' "
    "from (values ('image.generate', 'base-h100_pcie'), ('image.edit', "
    "'img-h100_pcie'), ('audio.transcribe', 'audio.transcribe'), "
    "('text.summarize', 'text.summarize')) k (name, key)",
    "insert into snapshot (netuid, block, block_hash, at, spec_version, "
    "hyper) values (1, 6000000, '0x00', '2025-10-28 00:00:00+00', 1, '{}')",
    "insert into neuron (netuid, uid, hotkey, coldkey, block, alpha_stake, "
    "tao_stake, total_stake, validator_permit, last_update, "
    "registered_block) values (1, 3, '" ALICE "', 'c', 1, 0, 0, 0, false, 0, "
    "5000000), (1, 4, '" BOB "', 'd', 1, 0, 0, 0, false, 0, 5999990)",
    NULL,
};

/* Dippy's own tables, as its migrations make them. */
static const char *const their_rows[] = {
    "create table miners (hotkey text primary key, value jsonb not null, "
    "scores jsonb)",
    "create table audit_failures (id uuid primary key, created_at timestamptz "
    "not null default now(), audit_job_id uuid not null unique, "
    "target_job_id uuid, miner_hotkey text, netuid int, network text, "
    "audit_payload jsonb)",
    "create table inference_jobs (job_id uuid primary key, job_type text, "
    "miner_hotkey text not null, source text not null default '', payload "
    "jsonb not null, result_image_url text, creation_timestamp timestamptz "
    "not null, last_updated_at timestamptz, miner_received_at timestamptz, "
    "completed_at timestamptz, execution_duration_ms int, expires_at "
    "timestamptz not null, status text not null, audit_status text not null "
    "default 'not_audited', verification_status text not null default "
    "'nonverified', is_audit_job bool not null default false, "
    "audit_target_job_id uuid, prepared_at timestamptz, dispatched_at "
    "timestamptz, failure_reason text, response_payload jsonb, "
    "response_timestamp timestamptz, callback_secret text, prompt_seed bigint)",
    "create table duckdb_sync_state (id int primary key, last_snapshot "
    "timestamptz)",
    "create table atlas_schema_revisions (version text)",
    "insert into atlas_schema_revisions values ('20251018_220200')",
    "insert into duckdb_sync_state values (1, null)",
    "insert into miners values ('" ALICE "', '{\"uid\": 3, \"valid\": true, "
    "\"failed_audits\": 0}', '{\"scores\": 0.7}'), ('" BOB "', '{\"uid\": 4, "
    "\"failed_audits\": 2}', null), ('no address', '{}', null)",
    "insert into inference_jobs (job_id, job_type, miner_hotkey, payload, "
    "creation_timestamp, prepared_at, dispatched_at, completed_at, "
    "expires_at, status, failure_reason, response_payload, callback_secret, "
    "is_audit_job) values "
    "('" GOOD "', 'base-h100_pcie', '" ALICE "', '{\"prompt\": \"a \\\\ "
    "\\\"cat\\\"\\ton a mat\", \"seed\": 3400790532, \"guidance_scale\": 0.7, "
    "\"callback_secret\": \"aa\"}', '2025-10-27 05:35:01+00', '2025-10-27 "
    "05:35:02+00', "
    "'2025-10-27 05:35:03+00', '2025-10-27 05:35:15+00', "
    "'2025-11-03 05:35:01+00', 'success', null, '{\"callback_metadata\": "
    "{\"has_image\": true}, \"image_url\": \"https://media.example/1.png\", "
    "\"callback_received_at\": \"2025-10-27T05:35:14+00:00\"}', 'aa', false), "
    "('" EMPTY "', 'generate', '" ALICE "', '{\"prompt\": \"none\"}', "
    "'2025-10-27 06:35:01+00', '2025-10-27 06:35:02+00', null, "
    "'2025-10-27 06:35:15+00', '2025-11-03 06:35:01+00', 'success', null, "
    "'{\"callback_metadata\": {\"has_image\": false}}', 'bb', false), "
    "('" REFUSED "', 'img-h100_pcie', '" BOB "', '{\"prompt\": \"x\"}', "
    "'2025-10-27 07:35:01+00', '2025-10-27 07:35:02+00', null, null, "
    "'2025-11-03 07:35:01+00', 'failed', 'dispatch_error:Bad Gateway', null, "
    "'cc', false), "
    "('" OPEN "', 'img-h100_pcie', '" BOB "', '{}', "
    "'2025-10-27 08:35:01+00', null, null, null, '2025-11-03 08:35:01+00', "
    "'pending', null, null, 'dd', false), "
    "('" AUDIT "', 'img-h100_pcie', '" BOB "', '{}', "
    "'2025-10-27 09:35:01+00', null, null, '2025-10-27 09:36:01+00', "
    "'2025-11-03 08:35:01+00', 'success', null, null, 'ee', true)",
    "insert into inference_jobs (job_id, job_type, miner_hotkey, payload, "
    "creation_timestamp, expires_at, status) values (gen_random_uuid(), "
    "'base-h100_pcie', 'no address', '{}', now(), now(), 'success'), "
    "(gen_random_uuid(), 'unheard of', '" ALICE "', '{}', now(), now(), "
    "'success')",
    /* A task of Violet's, of its own types, beside them. */
    "create schema violet",
    "create type violet.tasktype as enum ('TRANSCRIPTION', 'TTS')",
    "create type violet.taskstatus as enum ('PENDING', 'COMPLETED')",
    "create table violet.tasks (task_id uuid primary key, task_type "
    "violet.tasktype not null, status violet.taskstatus not null, "
    "source_language varchar(10), assigned_miners int[], created_at "
    "timestamp, completed_at timestamp, miner_responses json)",
    "insert into violet.tasks values ('" DUMPED "', 'TRANSCRIPTION', "
    "'COMPLETED', 'de', '{3,4}', '2025-10-27 11:00:00.5', "
    "'2025-10-27 11:01:00', '[{\"miner_uid\": 3, \"submitted_at\": "
    "\"2025-10-27T11:00:30.25\", \"response\": {\"response_data\": "
    "{\"output_data\": {\"transcript\": \"zwei\\nZeilen, "
    "\\\"gesagt\\\"\"}}}}]')",
    "insert into audit_failures (id, created_at, audit_job_id, "
    "target_job_id, miner_hotkey) values (gen_random_uuid(), "
    "'2025-10-27 10:00:00+00', '" AUDIT "', '" REFUSED "', '" BOB "')",
    NULL,
};

static int
exec_all(struct db *db, const char *const *statements)
{
	for (; *statements != NULL; statements++) {
		if (db_exec(db, "%s", *statements) != 0)
			return -1;
	}
	return 0;
}

static int
make_place(void **state)
{
	const struct sandbox_options o = {.name = "import", .postgres = true};
	struct place *p = xcalloc(1, sizeof(*p));
	struct db *theirs;
	int failed;

	*state = p;
	p->sb = sandbox_new(&o);
	if (p->sb == NULL)
		return -1;
	p->db = db_open(sandbox_conninfo(p->sb));
	p->theirs = cluster_conninfo_of(sandbox_cluster(p->sb), "empty");
	theirs = db_open(p->theirs);
	if (p->db == NULL || theirs == NULL)
		return -1;
	failed =
	    exec_all(p->db, rows) != 0 || exec_all(theirs, their_rows) != 0;
	db_close(theirs);
	return failed ? -1 : 0;
}

static int
end_place(void **state)
{
	struct place *p = *state;
	int failed;

	db_close(p->db);
	failed = sandbox_end(p->sb, false);
	free(p->theirs);
	free(p);
	return failed;
}

/* -- asking --------------------------------------------------------------- */

/* What subnetctl import said to these words with --json, having ended so. The
 * caller decrefs. */
static json_t *
import(struct place *p, int status, const char *const *words)
{
	const char *args[MAX_WORDS + 2] = {"import"};
	struct proc_output got;
	json_t *json;
	size_t n = 1;

	for (size_t i = 0; words[i] != NULL && n < MAX_WORDS; i++)
		args[n++] = words[i];
	args[n] = "--json";
	sandbox_ctl(p->sb, args, &got);
	if (got.status != status)
		fail_msg("exit %d: %s%s", got.status, got.out, got.err);
	json = json_loads(got.out, 0, NULL);
	if (json == NULL)
		fail_msg("no JSON: %s%s", got.out, got.err);
	proc_output_clear(&got);
	return json;
}

#define IMPORT(p, status, ...)                                                 \
	import(p, status, (const char *const[]){__VA_ARGS__, NULL})

/* The column of the row of that table in a list of the answer; -1. */
static int64_t
count_of(const json_t *answer, const char *list, const char *table,
    const char *column)
{
	const json_t *all = json_object_get(answer, list);

	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *row = json_array_get(all, i);
		const char *name =
		    json_string_value(json_object_get(row, "table"));

		if (name != NULL && strcmp(name, table) == 0)
			return json_integer_value(json_object_get(row, column));
	}
	return -1;
}

static const char *
error_of(const json_t *answer)
{
	const char *text = json_string_value(json_object_get(answer, "error"));

	assert_non_null(text);
	return text;
}

/* A refusal of that table and field, and its sentence. */
static const char *
refusal_of(const json_t *answer, const char *table, const char *field)
{
	const json_t *all = json_object_get(answer, "refusals");

	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *row = json_array_get(all, i);

		if (strcmp(json_string_value(json_object_get(row, "table")),
			table) == 0 &&
		    strcmp(json_string_value(json_object_get(row, "field")),
			field) == 0)
			return json_string_value(json_object_get(row, "why"));
	}
	fail_msg("nothing of %s is refused for %s", table, field);
	return NULL;
}

static char *
write_file(struct place *p, const char *name, const char *text)
{
	char *path = sandbox_write(p->sb, name, 0644, text);

	assert_non_null(path);
	return path;
}

/* Dippy's database by pg_dump, in that form; the caller frees the path. */
static char *
dump(struct place *p, const char *name, const char *form)
{
	char *program = cluster_program("pg_dump");
	char *path = sandbox_path(p->sb, name);
	const char *argv[] = {program, form, "-f", path, "-d", p->theirs, NULL};
	const struct proc_options o = {.name = "pg_dump", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != 0)
		fail_msg("pg_dump: %s", got.err);
	proc_output_clear(&got);
	free(program);
	return path;
}

static int64_t
rows_of(struct place *p, const char *from)
{
	return db_int(p->db, "select count(*) from %s", from);
}

/* -- Dippy ---------------------------------------------------------------- */

static void
check_dippy(const json_t *answer, int64_t added)
{
	assert_int_equal(
	    count_of(answer, "read", "inference_jobs", "records"), 7);
	assert_int_equal(
	    count_of(answer, "read", "inference_jobs", "taken"), 4);
	assert_int_equal(count_of(answer, "read", "inference_jobs", "left"), 1);
	assert_int_equal(
	    count_of(answer, "read", "inference_jobs", "refused"), 2);
	assert_int_equal(count_of(answer, "read", "miners", "taken"), 1);
	assert_int_equal(count_of(answer, "made", "job", "rows"), 4);
	assert_int_equal(count_of(answer, "made", "job", "new"), added);
	assert_int_equal(count_of(answer, "made", "job", "there"), 4 - added);
	assert_int_equal(count_of(answer, "made", "judgement", "rows"), 3);
	assert_int_equal(count_of(answer, "made", "audit_failure", "rows"), 2);
	assert_int_equal(
	    json_integer_value(json_object_get(answer, "refused")), 3);
	assert_string_equal(
	    refusal_of(answer, "inference_jobs", "miner_hotkey"),
	    "\"no address\" is no hotkey's address");
	assert_non_null(strstr(refusal_of(answer, "inference_jobs", "job_type"),
	    "\"unheard of\""));
	assert_string_equal(json_string_value(json_array_get(
				json_object_get(answer, "unknown"), 0)),
	    "atlas_schema_revisions");
}

static void
a_dump_of_dippys_is_imported_once(void **state)
{
	struct place *p = *state;
	char *path = dump(p, "dippy.sql", "-Fp");
	json_t *answer = IMPORT(p, 0, "dippy", path);

	/* The dry run says it all, and does nothing. */
	assert_true(json_is_false(json_object_get(answer, "written")));
	check_dippy(answer, 4);
	json_decref(answer);
	assert_int_equal(rows_of(p, "job"), 0);
	assert_int_equal(rows_of(p, "audit_failure"), 0);
	answer = IMPORT(p, 0, "dippy", path, "--write");
	assert_true(json_is_true(json_object_get(answer, "written")));
	check_dippy(answer, 4);
	json_decref(answer);
	assert_int_equal(rows_of(p, "job"), 4);
	/* Again: nothing is new. */
	answer = IMPORT(p, 0, "dippy", path, "--write");
	check_dippy(answer, 0);
	json_decref(answer);
	assert_int_equal(rows_of(p, "job"), 4);
	assert_int_equal(rows_of(p, "attempt"), 4);
	assert_int_equal(rows_of(p, "judgement"), 3);
	assert_int_equal(rows_of(p, "audit_failure"), 2);
	free(path);
}

static void
a_job_of_dippys_is_there_as_it_was(void **state)
{
	struct place *p = *state;

	assert_int_equal(
	    rows_of(p, "job where id = '" GOOD "' and kind = 'image.generate' "
		       "and state = 'done' and source = 'client' and params = "
		       "'{\"prompt\": \"a \\\\ \\\"cat\\\"\\ton a mat\", "
		       "\"seed\": 3400790532, \"guidance_scale\": 0.7}' and "
		       "params ->> 'guidance_scale' = '0.7' and created_at = "
		       "'2025-10-27 05:35:01+00' and finished_at = "
		       "'2025-10-27 05:35:15+00'"),
	    1);
	assert_int_equal(
	    rows_of(p, "attempt a join job j on j.best_attempt = a.id where "
		       "j.id = '" GOOD "' and a.hotkey = '" ALICE
		       "' and a.uid = 3 and a.state = 'delivered' and "
		       "a.miner_ms = 12000 and a.queue_ms = 1000 and "
		       "a.judged_at is not null and a.result_json ->> "
		       "'image_url' = 'https://media.example/1.png' and "
		       "a.receipt ->> 'imported' = 'dippy'"),
	    1);
	assert_int_equal(
	    rows_of(p, "job where id = '" REFUSED "' and state = 'failed' "
		       "and finished_at >= created_at"),
	    1);
	/* Nobody's secret came along. */
	assert_int_equal(rows_of(p, "job where params ? 'callback_secret'"), 0);
	/* An audit is none of clients' jobs and counts for nobody. */
	assert_int_equal(
	    rows_of(p, "job j where id = '" AUDIT "' and source = 'audit' and "
		       "not exists (select from judgement u join attempt a on "
		       "a.id = u.attempt_id where a.job_id = j.id)"),
	    1);
	assert_int_equal(
	    rows_of(p, "audit_failure where hotkey = '" BOB "' and at = "
		       "'2025-10-27 10:00:00+00' and expires_at - at = "
		       "interval '7 days'"),
	    1);
	assert_int_equal(
	    rows_of(p, "audit_failure where hotkey = '" ALICE "'"), 0);
}

/* A round reads them as it reads its own. */
static void
what_is_imported_counts_in_a_round(void **state)
{
	static const char *const params[] = {
	    "1", "2025-10-27 00:00:00+00", "2025-10-28 00:00:00+00"};
	struct place *p = *state;
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res = PQexecParams(
	    conn, sql_run_judgements, 3, NULL, params, NULL, NULL, 0);

	assert_int_equal(PQntuples(res), 3);
	assert_string_equal(PQgetvalue(res, 0, 0), BOB);
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "success")), "f");
	assert_string_equal(PQgetvalue(res, 1, 0), ALICE);
	assert_string_equal(PQgetvalue(res, 1, PQfnumber(res, "success")), "t");
	assert_string_equal(
	    PQgetvalue(res, 1, PQfnumber(res, "miner_ms")), "12000");
	assert_string_equal(PQgetvalue(res, 2, PQfnumber(res, "success")), "f");
	PQclear(res);
	PQfinish(conn);
}

static void
bans_are_read_from_an_answer(void **state)
{
	struct place *p = *state;
	char *path = write_file(p, "addresses.json",
	    "{\"count\": 2, \"addresses\": [\"" ALICE "\", \"5odd\"]}");
	json_t *answer = IMPORT(p, 0, "dippy", path, "--write");

	assert_int_equal(count_of(answer, "made", "miner", "new"), 1);
	assert_string_equal(refusal_of(answer, "addresses", "address"),
	    "\"5odd\" is no hotkey's address");
	json_decref(answer);
	assert_int_equal(
	    rows_of(p, "miner where hotkey = '" ALICE "' and banned_at is not "
		       "null and ban_reason like 'imported%'"),
	    1);
	/* A ban of ours keeps its reason. */
	assert_int_equal(
	    db_exec(p->db, "update miner set ban_reason = 'mine' where "
			   "hotkey = '" ALICE "'"),
	    0);
	answer = IMPORT(p, 0, "dippy", path, "--write");
	assert_int_equal(count_of(answer, "made", "miner", "there"), 1);
	json_decref(answer);
	assert_int_equal(rows_of(p, "miner where ban_reason = 'mine'"), 1);
	free(path);
}

/* More than fits into one statement, on stdin. */
static void
a_dump_may_come_on_stdin(void **state)
{
	struct place *p = *state;
	const char *const args[] = {"import", "dippy", "-", "--write", "--json",
	    "-c", "/dev/null", "--db.url", sandbox_conninfo(p->sb),
	    "--redis.url", "unix:/nowhere", NULL};
	struct tool_answer got;
	struct buf text = {0};

	buf_add_str(&text, "COPY public.inference_jobs (job_id, job_type, "
			   "miner_hotkey, payload, creation_timestamp, status) "
			   "FROM stdin;\n");
	for (int i = 0; i < ROWS_MORE; i++)
		buf_printf(&text,
		    "0190a1b2-017f-7abc-8def-1000000%05d\tgenerate\t" ALICE
		    "\t{}\t2025-10-26 00:00:00+00\ttimeout\n",
		    i);
	buf_add_str(&text, "\\.\n");
	tool_run(args, text.data, text.len, &got);
	if (got.status != 0)
		fail_msg("%s%s", got.out, got.err);
	assert_int_equal(count_of(got.json, "made", "job", "new"), ROWS_MORE);
	tool_answer_clear(&got);
	buf_free(&text);
	assert_int_equal(
	    rows_of(p, "job where state = 'expired' and reason = 'no_result'"),
	    ROWS_MORE);
}

/* -- what cannot be read -------------------------------------------------- */

static void
a_file_that_breaks_off_changes_nothing(void **state)
{
	struct place *p = *state;
	int64_t before = rows_of(p, "job");
	char *path = write_file(p, "broken.sql",
	    "COPY public.inference_jobs (job_id, job_type, miner_hotkey, "
	    "payload, creation_timestamp, status) FROM stdin;\n"
	    "0190a1b2-017f-7abc-8def-200000000000\tgenerate\t" ALICE
	    "\t{}\t2025-10-26 00:00:00+00\ttimeout\n");
	json_t *answer = IMPORT(p, 1, "dippy", path, "--write");

	assert_non_null(strstr(error_of(answer),
	    "it ends in the midst of the table inference_jobs"));
	json_decref(answer);
	assert_int_equal(rows_of(p, "job"), before);
	free(path);
}

static void
another_form_is_named_with_the_fix(void **state)
{
	static const struct {
		const char *name, *text, *says;
	} files[] = {
	    {"jobs.parquet", "PAR1\x15\x02", "it is Parquet"},
	    {"miners.db", "SQLite format 3", "sqlite3 -json"},
	    {"jobs.json.gz", "\x1f\x8b\x08", "gunzip"},
	    {"old.sql.xz",
		"\xfd"
		"7zXZ",
		"unxz"},
	    {"old.sql.bz2", "BZh91AY", "bunzip2"},
	    {"old.zip", "PK\x03\x04", "unzip"},
	    {"miners.json", "[{\"hotkey\": \"" BOB "\"},\n", "does not end"},
	    {"inserts.sql",
		"--\n-- PostgreSQL database dump\n--\nINSERT INTO "
		"public.miners VALUES ('a');\n",
		"--inserts"},
	    {"schema.sql", "--\nCREATE TABLE public.miners (a text);\n",
		"--schema-only"},
	    {"strangers.csv", "a,b\n1,2\n", "not named after a table"},
	    {"miners.csv", "hotkey,value\n\"a,b\n", "does not end"},
	};
	struct place *p = *state;
	char *path = dump(p, "custom.dump", "-Fc");
	json_t *answer = IMPORT(p, 1, "dippy", path);

	assert_non_null(strstr(error_of(answer), "pg_restore -f -"));
	json_decref(answer);
	free(path);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		path = write_file(p, files[i].name, files[i].text);
		answer = IMPORT(p, 1, "dippy", path);
		if (strstr(error_of(answer), files[i].says) == NULL)
			fail_msg("%s: %s", files[i].name, error_of(answer));
		json_decref(answer);
		free(path);
	}
	/* pg_dump -Fd makes a folder. */
	path = dump(p, "folder.dump", "-Fd");
	answer = IMPORT(p, 1, "dippy", path);
	assert_non_null(strstr(error_of(answer), "pg_restore -f -"));
	json_decref(answer);
	free(path);
	answer = IMPORT(p, 1, "dippy", "/nowhere/x.sql");
	assert_non_null(strstr(error_of(answer), "/nowhere/x.sql"));
	json_decref(answer);
}

/* A line is looked at once, not once more with each line behind it. */
static void
a_quote_that_is_open_for_long_is_found_out(void **state)
{
	struct place *p = *state;
	struct buf text = {0};
	json_t *answer;
	char *path;

	buf_add_str(&text, "hotkey,value\n" BOB ",\"{}\n");
	for (int i = 0; i < MANY_LINES; i++)
		buf_add_str(&text, "x\n");
	path = write_file(p, "miners.csv", buf_str(&text));
	answer = IMPORT(p, 1, "dippy", path);
	assert_string_equal(error_of(answer),
	    "miners.csv: a quote that begins in line 2 does not end");
	json_decref(answer);
	/* With its end it is a cell of many lines. */
	buf_add_str(&text, "\"\n" ALICE ",{}\n");
	free(path);
	path = write_file(p, "miners.csv", buf_str(&text));
	answer = IMPORT(p, 0, "dippy", path);
	assert_int_equal(count_of(answer, "read", "miners", "records"), 2);
	assert_int_equal(count_of(answer, "read", "miners", "left"), 1);
	json_decref(answer);
	buf_free(&text);
	free(path);
}

/* -- Violet --------------------------------------------------------------- */

#define RESPONSE(uid)                                                          \
	"\"[{\"\"miner_uid\"\": " uid ", \"\"submitted_at\"\": "               \
	"\"\"2025-10-27T10:00:30\"\", \"\"response\"\": "                      \
	"{\"\"response_data\"\": {\"\"output_data\"\": {\"\"transcript\"\": "  \
	"\"\"good day\"\", \"\"language\"\": \"\"en\"\"}}}}]\""

static void
violets_tasks_are_read_from_csv(void **state)
{
	struct place *p = *state;
	char *path = write_file(p, "tasks.csv",
	    "task_id,task_type,status,created_at,completed_at,source_language,"
	    "miner_responses\n" TASK
	    ",TRANSCRIPTION,COMPLETED,2025-10-27 10:00:00,"
	    "2025-10-27 10:01:00,en," RESPONSE(
		"3") "\n"
		     "7b0d9f0e-9a5c-4f55-8a53-2c1d3e4f5a6c,TRANSCRIPTION,"
		     "COMPLETED,"
		     "2025-10-27 10:00:00,2025-10-27 10:01:00,en," RESPONSE(
			 "4") "\n");
	json_t *answer =
	    IMPORT(p, 0, "violet", path, "--write", "--tenant", "acme");

	assert_int_equal(count_of(answer, "made", "job", "new"), 2);
	assert_int_equal(count_of(answer, "made", "attempt", "new"), 1);
	/* Bob has had the uid for two minutes. */
	assert_string_equal(refusal_of(answer, "tasks", "miner_responses"),
	    "uid 4 is " BOB "'s only since then");
	json_decref(answer);
	assert_int_equal(
	    rows_of(p, "job j join attempt a on a.id = j.best_attempt where "
		       "j.id = '" TASK "' and j.tenant = 'acme' and j.state = "
		       "'done' and j.params = '{\"language\": \"en\"}' and "
		       "a.hotkey = '" ALICE "' and a.result_json = "
		       "'{\"text\": \"good day\", \"language\": \"en\"}' and "
		       "not exists (select from judgement where attempt_id = "
		       "a.id)"),
	    1);
	free(path);
}

static void
a_dump_of_violets_has_its_types(void **state)
{
	struct place *p = *state;
	char *path = dump(p, "violet.sql", "-Fp");
	json_t *answer = IMPORT(p, 0, "violet", path, "--write");

	assert_int_equal(count_of(answer, "made", "job", "new"), 1);
	assert_int_equal(
	    json_integer_value(json_object_get(answer, "refused")), 0);
	json_decref(answer);
	assert_int_equal(
	    rows_of(p, "job j join attempt a on a.id = j.best_attempt where "
		       "j.id = '" DUMPED "' and j.created_at = "
		       "'2025-10-27 11:00:00.5+00' and a.received_at = "
		       "'2025-10-27 11:00:30.25+00' and a.result_json ->> "
		       "'text' = E'zwei\\nZeilen, \"gesagt\"'"),
	    1);
	free(path);
}

/* One row of a statement of the doors', for these parameters; the caller's to
 * PQclear. */
static PGresult *
door(PGconn *conn, const char *sql, const char *id, const char *last)
{
	const char *const dippys[] = {"1", id, "1"};
	const char *const violets[] = {id, "1", last};
	const char *const *params = last == NULL ? dippys : violets;
	PGresult *res = PQexecParams(conn, sql, 3, NULL, params, NULL, NULL, 0);

	if (PQntuples(res) != 1)
		fail_msg("%d rows: %s", PQntuples(res), PQerrorMessage(conn));
	return res;
}

static const char *
cell(const PGresult *res, const char *column)
{
	return PQgetvalue(res, 0, PQfnumber(res, column));
}

static void
the_doors_find_what_was_imported_by_its_id(void **state)
{
	struct place *p = *state;
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res = door(conn, sql_dippy_jobs, GOOD, NULL);

	assert_string_equal(cell(res, "state"), "done");
	assert_non_null(strstr(cell(res, "row"), "\"base-h100_pcie\""));
	assert_non_null(strstr(cell(res, "row"), ALICE));
	PQclear(res);
	res = door(conn, sql_violet_task, TASK, "acme");
	assert_string_equal(cell(res, "state"), "done");
	assert_non_null(strstr(cell(res, "answers"), "good day"));
	assert_non_null(strstr(cell(res, "answers"), cell(res, "best")));
	PQclear(res);
	res = door(conn, sql_job_result, TASK, "acme");
	assert_non_null(strstr(cell(res, "result_json"), "good day"));
	PQclear(res);
	PQfinish(conn);
}

static void
a_snapshot_says_whose_uids_are(void **state)
{
	struct place *p = *state;
	char *path = write_file(p, "tasks.csv", "task_id\n");
	json_t *answer = IMPORT(p, 1, "violet", path, "--netuid", "2");

	assert_non_null(
	    strstr(error_of(answer), "there is no snapshot of netuid 2 yet"));
	json_decref(answer);
	answer = IMPORT(p, 64, "violet", path, "--tenant", "no name");
	assert_non_null(strstr(error_of(answer), "--tenant"));
	json_decref(answer);
	free(path);
}

/* -- InfiniteVibe ---------------------------------------------------------- */

#define METRIC(plays)                                                          \
	"{\"platform_name\": \"instagram/reel\", \"caption\": \"" TAG          \
	"\", \"comment_count\": {\"$numberInt\": \"4\"}, \"like_count\": 9, "  \
	"\"owner_username\": \"some.body\", \"published_at\": {\"$date\": "    \
	"\"2025-10-26T09:00:00Z\"}, \"video_play_count\": " plays              \
	", \"owner_follower_count\": 800, \"ai_score\": 0.9}"

static const char performances[] =
    "{\"_id\": {\"$oid\": \"68631f\"}, \"hotkey\": \"" ALICE
    "\", \"content_id\": \"DLabcdefgh1\", \"platform_metrics_by_interval\": "
    "{\"2025-10-27-20-00\": " METRIC("1000") ", \"2025-10-27-22-00\": " METRIC(
	"1500") "}}\n"
		"{\"hotkey\": \"" ALICE "\", \"content_id\": \"DLabcdefgh1/\", "
		"\"platform_metrics_by_interval\": "
		"{\"2025-10-27-20-00\": " METRIC("1") "}}\n"
						      "not JSON\n";

static const char policy[] = "deploy/policies/sn89.ini";

static void
posts_keep_what_was_measured_and_since_when(void **state)
{
	struct place *p = *state;
	char *path = write_file(p, "performances-0.0.2.json", performances);
	json_t *answer;

	for (int i = 0; i < 2; i++) {
		answer = IMPORT(p, 0, "infinitevibe", path, "--write",
		    "--validator.policy", policy,
		    "--validator.engagement_takes_tags");
		assert_int_equal(count_of(answer, "made", "post_observation",
				     i == 0 ? "new" : "there"),
		    2);
		assert_int_equal(count_of(answer, "made", "post_claim",
				     i == 0 ? "new" : "there"),
		    1);
		assert_non_null(
		    refusal_of(answer, "performances", "content_id"));
		assert_non_null(refusal_of(answer, "performances", "record"));
		json_decref(answer);
	}
	assert_int_equal(
	    rows_of(p, "post_claim c join post p on p.id = c.post_id where "
		       "c.hotkey = '" ALICE "' and c.block = 5998800 and "
		       "c.bucket = 19996 and c.proven_bucket = 19996 and "
		       "c.is_proven and not c.is_listed and c.state = "
		       "'unlisted' and p.content_id = 'DLabcdefgh1' and "
		       "p.owner = 'some.body' and p.bucket = 19998 and "
		       "p.measured = 2"),
	    1);
	assert_int_equal(
	    rows_of(p, "dash_v1.growth where bucket = 19998 and views = 1500 "
		       "and views_more = 500 and likes = 9 and comments = 4 "
		       "and followers = 800 and buckets = 2"),
	    1);
	free(path);
}

/* A later snapshot puts the same time into another block; it is the same
 * measurement. */
static void
another_snapshot_makes_no_other_rows(void **state)
{
	struct place *p = *state;
	char *path = write_file(p, "performances-0.0.2.json", performances);
	json_t *answer;

	assert_int_equal(
	    db_exec(p->db,
		"insert into snapshot (netuid, block, block_hash, at, "
		"spec_version, hyper) values (1, 6000000 + 7200 - 400, '0x01', "
		"'2025-10-29 00:00:00+00', 1, '{}')"),
	    0);
	answer = IMPORT(p, 0, "infinitevibe", path, "--write",
	    "--validator.policy", policy);
	assert_int_equal(
	    count_of(answer, "made", "post_observation", "new"), 0);
	assert_int_equal(count_of(answer, "made", "post_claim", "new"), 0);
	json_decref(answer);
	free(path);
}

/* What validatord writes when it has read the gist. */
static void
a_gist_finds_its_claims_again(void **state)
{
	static const char claims[] =
	    "[{\"line\":1,\"site\":\"instagram\",\"content\":\"DLabcdefgh1\","
	    "\"platform\":\"instagram/reel\"}]";
	static const char now[] = "2025-10-28 00:00:00+00";
	const char *const posts[] = {"1", now, claims};
	const char *const read[] = {"1", ALICE, "user:01", now, "20000",
	    "6000000", "20002", "etag", "sha", "[]", claims, "20", "19976"};
	struct place *p = *state;
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res;

	assert_int_equal(
	    db_exec(p->db,
		"insert into gist (netuid, hotkey, text, block, seen_at) "
		"values (1, '" ALICE "', 'user:01', 6000000, now())"),
	    0);
	PQclear(
	    PQexecParams(conn, sql_gist_posts, 3, NULL, posts, NULL, NULL, 0));
	res = PQexecParams(conn, sql_gist_read, 13, NULL, read, NULL, NULL, 0);
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(conn));
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "added")), "0");
	PQclear(res);
	PQfinish(conn);
	/* Listed, and as old and as proven as it was. */
	assert_int_equal(
	    rows_of(p, "post_claim where hotkey = '" ALICE "' and is_listed "
		       "and is_proven and block = 5998800 and proven_bucket = "
		       "19996"),
	    1);
}

static void
a_policy_says_how_long_buckets_are(void **state)
{
	struct place *p = *state;
	char *path = write_file(p, "performances-0.0.2.json", performances);
	json_t *answer = IMPORT(p, 1, "infinitevibe", path,
	    "--validator.policy", "/nowhere/policy.ini");

	assert_non_null(strstr(error_of(answer), "validator.policy"));
	json_decref(answer);
	free(path);
}

/* -- JSON ------------------------------------------------------------------ */

static void
json_is_read_in_lists_lines_and_whole(void **state)
{
	static const struct {
		const char *text;
		int records;
	} files[] = {
	    {"[{\"hotkey\": \"" BOB "\", \"value\": {}}, {\"hotkey\": "
	     "\"" ALICE "\"}]",
		2},
	    {"[\n  {\"hotkey\": \"" BOB "\"}\n  ,\n  {\"hotkey\": \"" ALICE
	     "\"}\n]\n",
		2},
	    {"{\n  \"hotkey\": \"" BOB "\"\n}\n{\n  \"hotkey\": \"" ALICE
	     "\"\n}\n",
		2},
	    {"{\"hotkey\": \"" BOB "\"}\r\n\n{\"hotkey\": \"" ALICE "\"}", 2},
	    {"\xef\xbb\xbf[{\"hotkey\": \"" BOB "\"}]", 1},
	    {"\xef\xbb\xbf{\"hotkey\": \"" BOB "\"}\n", 1},
	    {"\xef\xbb\xbf"
	     "hotkey,value\n" BOB ",{}\n",
		1},
	    {"[]", 0},
	    {"", 0},
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = write_file(p, "miners.json", files[i].text);
		json_t *answer = IMPORT(p, 0, "dippy", path);
		int64_t n = count_of(answer, "read", "miners", "left");

		if (n != (files[i].records > 0 ? files[i].records : -1))
			fail_msg("file %zu: %lld", i, (long long)n);
		json_decref(answer);
		free(path);
	}
}

/* -- people ---------------------------------------------------------------- */

static void
people_get_tables_and_sentences(void **state)
{
	struct place *p = *state;
	char *path = dump(p, "dippy.sql", "-Fp");
	const char *const args[] = {
	    "import", "dippy", path, "--limit", "1", NULL};
	struct proc_output got;

	sandbox_ctl(p->sb, args, &got);
	assert_int_equal(got.status, 0);
	if (strstr(got.out, "inference_jobs") == NULL ||
	    strstr(got.out, "refused, 3:") == NULL ||
	    strstr(got.out, "and 2 more: --limit 3") == NULL ||
	    strstr(got.out, "dry run: nothing was written") == NULL)
		fail_msg("%s", got.out);
	proc_output_clear(&got);
	free(path);
}

static void
a_folder_is_read_file_by_file(void **state)
{
	struct place *p = *state;
	char *folder = sandbox_path(p->sb, "folder");
	json_t *answer;

	assert_int_equal(paths_mkdir(folder), 0);
	free(write_file(p, "folder/miners.csv", "hotkey,value\n" BOB ",{}\n"));
	free(write_file(p, "folder/README", "not ours\n"));
	answer = IMPORT(p, 0, "dippy", folder);
	assert_int_equal(count_of(answer, "read", "miners", "left"), 1);
	assert_string_equal(json_string_value(json_array_get(
				json_object_get(answer, "unknown"), 0)),
	    "README");
	json_decref(answer);
	free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_dump_of_dippys_is_imported_once),
	    cmocka_unit_test(a_job_of_dippys_is_there_as_it_was),
	    cmocka_unit_test(what_is_imported_counts_in_a_round),
	    cmocka_unit_test(bans_are_read_from_an_answer),
	    cmocka_unit_test(a_dump_may_come_on_stdin),
	    cmocka_unit_test(a_file_that_breaks_off_changes_nothing),
	    cmocka_unit_test(another_form_is_named_with_the_fix),
	    cmocka_unit_test(a_quote_that_is_open_for_long_is_found_out),
	    cmocka_unit_test(violets_tasks_are_read_from_csv),
	    cmocka_unit_test(a_dump_of_violets_has_its_types),
	    cmocka_unit_test(the_doors_find_what_was_imported_by_its_id),
	    cmocka_unit_test(a_snapshot_says_whose_uids_are),
	    cmocka_unit_test(posts_keep_what_was_measured_and_since_when),
	    cmocka_unit_test(another_snapshot_makes_no_other_rows),
	    cmocka_unit_test(a_gist_finds_its_claims_again),
	    cmocka_unit_test(a_policy_says_how_long_buckets_are),
	    cmocka_unit_test(json_is_read_in_lists_lines_and_whole),
	    cmocka_unit_test(people_get_tables_and_sentences),
	    cmocka_unit_test(a_folder_is_read_file_by_file),
	};

	return cmocka_run_group_tests(tests, make_place, end_place);
}
