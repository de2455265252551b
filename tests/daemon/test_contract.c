/*
 * The API against its own document, both ways: tests/interop/contract.mjs calls
 * every operation, and holds what it is answered against the document, at an
 * instance that asks for keys and at one that does not; Violet's door mostly
 * at a third, of another suite, whose kinds are asked for by miners. What it
 * orders at the OpenAI door, whose answers wait, is brought meanwhile. Needs
 * node, else it is skipped by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/keyed.h"
#include "tests/lib/openai_miner.h"
#include "tests/lib/paths.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/violet_play.h"
#include "tests/lib/violet_rig.h"

enum { RUN_MS = 300000, NO_NODE = 77 };

#define DIPPY_SECRET "dippy, for those who know it"
#define WEBHOOK_KEY "a key under which no secret of anybody is sealed"

/* An instance beside the rig's that asks for keys, and has the doors that an
 * operator must open: Dippy's and that of webhooks. */
struct world {
	struct rig *r;
	char *url, *key;
	struct violet_rig *violet;
};

/* A flag that names a file with the secret; the caller frees. */
static char *
secret_flag(struct suite *s, const char *key, const char *secret)
{
	char *path = sandbox_write(s->box, key, 0600, secret);
	char *flag = xasprintf("--%s=@%s", key, path);

	free(path);
	return flag;
}

static int
start_second(struct world *w)
{
	struct suite *s = w->r->s;
	char *program = paths_program("bin/orchestratord");
	char *dippy = secret_flag(s, "dippy_secret", DIPPY_SECRET);
	char *webhooks = secret_flag(s, "webhook_key", WEBHOOK_KEY), port[16];
	const char *argv[] = {program, "-c", s->ini, "--listen", "127.0.0.1:0",
	    "--keys=required", dippy, webhooks, NULL};
	struct proc *second =
	    sandbox_start(s->box, "orchestratord-2", argv, NULL);
	const char *line =
	    second != NULL ? proc_wait_event(second, "api.listening", NULL, 0)
			   : NULL;

	if (line != NULL && proc_value(line, "port", port, sizeof(port)) == 0)
		w->url = xasprintf("http://127.0.0.1:%s", port);
	free(program);
	free(dippy);
	free(webhooks);
	return w->url != NULL &&
		       proc_wait_event(second, "kinds.read", NULL, 0) != NULL
		   ? 0
		   : -1;
}

/* What is brought is not asked for twice. */
static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "hedge", json_false());
	}
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "contract"};
	struct world *w = xcalloc(1, sizeof(*w));
	struct keyed keyed;
	void *rig, *violet;

	*state = w;
	if (rig_set_up(&rig, &o, 2, edit_kinds) != 0)
		return -1;
	w->r = rig;
	keyed = (struct keyed){.s = w->r->s};
	w->key = keyed_new(&keyed, "admin", NULL);
	if (w->key == NULL || start_second(w) != 0 ||
	    violet_rig_set_up(&violet, "contract-violet", "") != 0)
		return -1;
	w->violet = violet;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *rig = w->r, *violet = w->violet;
	int failed = violet_rig_tear_down(&violet);

	failed |= rig_tear_down(&rig);
	free(w->url);
	free(w->key);
	free(w);
	return failed;
}

/* -- what there is to ask for ---------------------------------------------- */

static json_t *
task_json(const struct hand_task *task)
{
	return json_pack("{s:s, s:s, s:s, s:s*}", "id", task->id, "url",
	    task->callback_url, "secret", task->secret, "input_url",
	    task->input_url);
}

/* A transcription that waits for its result. */
static struct hand_task *
begin_native(struct rig *r, const struct buf *wav)
{
	char id[40];

	assert_int_equal(suite_submit_file(r->s,
			     "{\"kind\":\"audio.transcribe\",\"params\":{}}",
			     wav->data, wav->len, "audio/wav", id),
	    202);
	return rig_next(r, id);
}

static struct hand_task *
begin_dippy(struct rig *r)
{
	char id[40];

	return rig_task(r,
	    "{\"kind\":\"image.generate\",\"params\":{\"prompt\":\"x\"}}", id);
}

static void
make_done(struct rig *r, char id[40])
{
	struct callback_told told;
	struct hand_task *task =
	    play_accepted(r, PLAY_TRANSLATE("text.translate", ""), id);

	assert_non_null(task);
	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	hand_drop(r->hand, task);
}

static void
make_round(struct suite *s)
{
	assert_int_equal(
	    db_exec(s->db,
		"with run as (insert into score_run (id, netuid, mecid, "
		"epoch, block, at, policy, window_from, seen) values "
		"(gen_random_uuid(), %d, 0, 900000, 5, now(), 'p', now(), "
		"pg_current_snapshot()) returning id) "
		"insert into score_entry (run_id, netuid, hotkey, uid, jobs, "
		"successes, stake_share, score, win_rate, weight) select id, "
		"%d, '%s', 1, 4, 3, 0.5, 0.7, 0.5, 1 from run",
		SUITE_NETUID, SUITE_NETUID, s->miner_hotkeys[0]),
	    0);
}

/* Two jobs that nobody took, of one cause: a redrive of one leaves the other.
 */
static void
make_failures(struct suite *s, char id[40])
{
	char *text;

	assert_int_equal(
	    db_exec(s->db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, created_at, "
		"deadline_at, rank_at, finished_at, reason) select "
		"gen_random_uuid(), %d, 'text.summarize', 'expired', "
		"'{\"text\":\"x\"}', 1, 1, 0, now(), now() + interval '1 "
		"hour', now(), now(), 'no_miner' from generate_series(1, 2)",
		SUITE_NETUID),
	    0);
	text = db_text(s->db, "select id from job where reason = 'no_miner'");
	assert_non_null(text);
	snprintf(id, 40, "%s", text);
	free(text);
}

static json_t *
base64_json(const struct buf *bytes)
{
	size_t size = sodium_base64_encoded_len(
	    bytes->len, sodium_base64_VARIANT_ORIGINAL);
	char *text = xcalloc(size, 1);
	json_t *json = json_string(sodium_bin2base64(text, size, bytes->data,
	    bytes->len, sodium_base64_VARIANT_ORIGINAL));

	free(text);
	return json;
}

/* What to order at the OpenAI door. */
static json_t *
openai_json(void)
{
	struct buf png = {0};
	json_t *json;

	sample_png(0, &png);
	json = json_pack("{s:s, s:s, s:s, s:o}", "text", OPENAI_MINER_TEXT,
	    "timed", OPENAI_MINER_TIMED, "untimed", OPENAI_MINER_UNTIMED, "png",
	    base64_json(&png));
	buf_free(&png);
	return json;
}

/* -- what there is at Violet's door -----------------------------------------
 */

/* Who signs so. */
static json_t *
puller_json(const struct violet_rig *v, int i)
{
	char *suri = xasprintf("//Miner%d", i + 1);
	json_t *json = json_pack(
	    "{s:s, s:i}", "suri", suri, "uid", puller_uid(v->miners[i]));

	free(suri);
	return json;
}

/* {type: id}, at the first miner; brought, or not. */
static json_t *
tasks_json(struct violet_rig *v, bool is_brought)
{
	json_t *tasks = json_object();
	char id[40];

	for (int i = 0; violet_play_types[i] != NULL; i++) {
		const char *type = violet_play_types[i];

		json_decref(violet_play_given(v, type, id));
		json_object_set_new(tasks, type, json_string(id));
		if (!is_brought)
			continue;
		violet_play_bring(v, type, id);
		assert_int_equal(attempt_await_job(v->s, id, "done"), 0);
	}
	return tasks;
}

/* It has ended before its miner brought anything. */
static json_t *
cancelled_json(struct violet_rig *v)
{
	char id[40];

	json_decref(violet_play_given(v, "text-translation", id));
	assert_int_equal(jobs_cancel(v->s, id), 200);
	assert_int_equal(db_wait_int(v->s->db, 1, 0,
			     "select count(*) from attempt where job_id = '%s' "
			     "and state = 'cancelled'",
			     id),
	    0);
	return json_string(id);
}

static json_t *
violet_json(struct violet_rig *v)
{
	char id[40];
	json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "validator",
	    v->s->hotkey, "miner", puller_json(v, 0), "other",
	    puller_json(v, 1), "done", tasks_json(v, true), "given",
	    tasks_json(v, false), "cancelled", cancelled_json(v));

	/* There are two ways to bring speech. */
	json_decref(violet_play_given(v, "tts", id));
	json_object_set_new(json, "speech", json_string(id));
	/* However long the run takes. */
	assert_int_equal(
	    db_exec(v->s->db,
		"with j as (update job set deadline_at = now() + interval '1 "
		"day' where finished_at is null) update attempt set "
		"deadline_at = now() + interval '1 day' where finished_at is "
		"null"),
	    0);
	return json;
}

/* -- the file ---------------------------------------------------------------
 */

/* Its path, which the caller frees. */
static char *
write_fixtures(struct world *w, const struct hand_task *native,
    const struct hand_task *dippy, const char *done, const char *failed,
    const struct buf *wav)
{
	struct suite *s = w->r->s;
	char *group =
	    db_text(s->db, "select left(md5('text.summarize|no_miner'), 8)");
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, "
				 "s:o, s:o, s:o, s:o}",
	    "url", w->url, "plain", s->api_url, "pulled", w->violet->s->api_url,
	    "key", w->key, "dippy_secret", DIPPY_SECRET, "done", done, "hotkey",
	    s->miner_hotkeys[0], "wav", base64_json(wav), "native",
	    task_json(native), "dippy", task_json(dippy), "openai",
	    openai_json(), "violet", violet_json(w->violet));
	char *text, *path;

	json_object_set_new(json, "failed", json_string(failed));
	json_object_set_new(json, "group", json_string(group));
	text = json_dumps(json, JSON_INDENT(1));
	path = sandbox_write(s->box, "fixtures.json", 0600, text);
	free(text);
	free(group);
	json_decref(json);
	assert_non_null(path);
	return path;
}

/* -- the run --------------------------------------------------------------- */

/* The packages are there; else why not is said. */
static bool
has_node(void)
{
	const char *const argv[] = {"tests/interop/install", NULL};
	const struct proc_options o = {.name = "install", .argv = argv};
	struct proc_output got;
	bool has;

	proc_run(&o, RUN_MS, &got);
	has = got.status == 0;
	if (!has)
		print_message("# %s%s\n", got.out, got.err);
	if (!has && got.status != NO_NODE)
		fail_msg("tests/interop/install: %d", got.status);
	proc_output_clear(&got);
	return has;
}

static void
print_log(const struct suite *s, const char *name)
{
	char *path = sandbox_path(s->box, name), line[4096];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		print_message("# %s", line);
	fclose(f);
	free(path);
}

static void
run_contract(struct rig *r, const char *fixtures)
{
	const char *const argv[] = {
	    "node", "tests/interop/contract.mjs", fixtures, NULL};
	struct proc *node = sandbox_start(r->s->box, "contract", argv, NULL);
	int status;

	assert_non_null(node);
	status = openai_miner_play(r, node, RUN_MS);
	print_log(r->s, "contract.log");
	assert_int_equal(status, 0);
}

static void
the_api_is_as_its_document_says(void **state)
{
	struct world *w = *state;
	struct rig *r = w->r;
	struct hand_task *native, *dippy;
	struct buf wav = {0};
	char done[40], failed[40], *fixtures;

	if (!has_node())
		skip();
	sample_wav(440, 0.5, &wav);
	native = begin_native(r, &wav);
	dippy = begin_dippy(r);
	assert_non_null(native);
	assert_non_null(dippy);
	make_done(r, done);
	make_round(r->s);
	make_round(w->violet->s);
	make_failures(r->s, failed);
	fixtures = write_fixtures(w, native, dippy, done, failed, &wav);
	run_contract(r, fixtures);
	hand_drop(r->hand, native);
	hand_drop(r->hand, dippy);
	free(fixtures);
	buf_free(&wav);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_api_is_as_its_document_says),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
