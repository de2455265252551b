/*
 * What goes wrong in Dippy's orchestrator between a job's acceptance and its
 * end, shown not to go wrong here. A test has its number in Dippy's list of
 * weaknesses (2: its account of a job's life), and says the fault's name;
 * docs/faults.md has them all, test_faults_dippy_miners.c those of routing.
 *
 * fault                          what is done instead
 * 02 a failed dispatch fails the job: another miner is asked, and the client
 *    has its 202 before the first one answers
 * 02 a callback turns failed into success: what ended stays ended
 * 03 a wrong secret fails the job: it changes nothing, and leaves nothing
 * 05 public reads show secrets: no row, answer or log line has one
 * 08 success needs no image: what is no image is a failure, and counts
 * 09 a failure before the callback never counts: all that end are judged
 * 10 the time begins with the acknowledgement: it begins with the sending
 * 11 the orchestrator's own delay is the miner's: it has a column of its own
 * 17 each callback leaves its bytes in memory: none does
 * 09 pending for ever: when all is over, nothing is open
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

/* The sanitizer keeps what was freed, to see who uses it. */
#ifdef __SANITIZE_ADDRESS__
enum { KEEPS_FREED = 1 };
#else
enum { KEEPS_FREED = 0 };
#endif

enum { HOLD_MS = 400, GARBAGE = 30, ROUNDS = 12, AGAIN = 4, GROWTH_KB = 32768 };

#define GENERATE                                                               \
	"{\"kind\":\"image.generate\",\"params\":{\"prompt\":\"a boat\"}}"
#define SPEAK                                                                  \
	"{\"kind\":\"audio.speak\",\"params\":{\"text\":\"one two three "      \
	"four\",\"language\":\"en\"}}"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	kind = sample_kind_copy(kinds, "text.translate", "text.again");
	json_object_set_new(kind, "retry_budget", json_integer(2));
	kind = sample_kind_copy(kinds, "text.translate", "text.brief");
	json_object_set_new(kind, "attempt", json_string("1s"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "faults-dippy"};

	return rig_set_up(state, &o, 2, edit_kinds);
}

/* A job whose miner has it and has not answered. */
static struct hand_task *
held_task(struct rig *r, const char *job_json, char id[40])
{
	struct hand_task *task;

	hand_hold(r->hand, true);
	task = rig_task(r, job_json, id);
	hand_hold(r->hand, false);
	assert_non_null(task);
	return task;
}

static void
await_ms(int64_t since_us, int ms)
{
	while (clock_mono_us() < since_us + ms * 1000LL)
		proc_nap();
}

static double
real_of(struct rig *r, const char *id, const char *column)
{
	return db_real(
	    r->s->db, "select %s from attempt where id = '%s'", column, id);
}

/* -- 02: what comes of a dispatch that fails ------------------------------ */

static void
dippy_02_a_failed_dispatch_goes_elsewhere(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task, *other;
	char id[40];

	task = held_task(r, PLAY_TRANSLATE("text.again", ""), id);
	assert_int_equal(play_ended(r->s, task->id, "sent", NULL), 0);
	hand_answer(r->hand, task, 502);
	other = rig_next(r, id);
	assert_non_null(other);
	assert_int_not_equal(other->miner, task->miner);
	callback_json(other, other->secret, PLAY_OUTPUT, &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(play_ended(r->s, task->id, "refused", "refused"), 0);
	assert_int_equal(play_judged(r->s, task->id, false), 0);
	assert_int_equal(play_judged(r->s, other->id, true), 0);
	hand_drop(r->hand, task);
	hand_drop(r->hand, other);
}

static void
dippy_02_a_refusal_is_not_undone(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40], *before;

	task = held_task(r, PLAY_TRANSLATE("text.translate", ""), id);
	hand_answer(r->hand, task, 500);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	assert_int_equal(play_judged(r->s, task->id, false), 0);
	before = attempt_all(r->s, task->id);
	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	assert_int_equal(play_told(&told, 409, "closed"), 0);
	assert_int_equal(play_unchanged(r->s, task->id, before), 0);
	free(before);
	hand_drop(r->hand, task);
}

/* -- 03: a wrong secret --------------------------------------------------- */

static void
dippy_03_a_wrong_secret_fails_no_finished_job(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	char id[40], *before;
	struct hand_task *task =
	    play_accepted(r, PLAY_TRANSLATE("text.translate", ""), id);
	const char *const wrong[] = {NULL, "", "x", task->id};

	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(play_judged(r->s, task->id, true), 0);
	before = attempt_all(r->s, task->id);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		callback_json(task, wrong[i], "{\"status\":\"failed\"}", &told);
		assert_int_equal(play_told(&told, 403, "bad_secret"), 0);
		assert_int_equal(play_unchanged(r->s, task->id, before), 0);
	}
	free(before);
	hand_drop(r->hand, task);
}

static int64_t
all_rows(struct rig *r)
{
	return db_int(r->s->db,
	    "select (select count(*) from job) + (select count(*) from "
	    "attempt) + (select count(*) from miner) + (select count(*) from "
	    "judgement)");
}

static void
dippy_03_garbage_ids_leave_nothing(void **state)
{
	struct rig *r = *state;
	long long keys = sandbox_redis(r->s->box, "DBSIZE");
	int64_t rows = all_rows(r);

	for (int i = 0; i < GARBAGE; i++) {
		char id[UUID_TEXT], *url;
		struct hand_task task = {.callback_url = NULL};
		const struct callback_dippy dippy = {
		    .job_id = id, .status = "failed"};
		struct callback_told told;

		uuid_new(id);
		url = xasprintf("%s/results/callback", r->s->api_url);
		task.callback_url = url;
		callback_dippy(&task, "x", &dippy, &told);
		assert_int_equal(told.status, 404);
		free(url);
		url = xasprintf("%s/v1/attempts/%s/result", r->s->api_url, id);
		task.callback_url = url;
		callback_json(&task, "x", "{\"status\":\"failed\"}", &told);
		assert_int_equal(told.status, 403);
		free(url);
	}
	assert_int_equal(sandbox_redis(r->s->box, "DBSIZE"), keys);
	assert_int_equal(all_rows(r), rows);
}

/* -- 05: secrets ---------------------------------------------------------- */

static void
assert_not_read(struct rig *r, const char *path, const char *secret)
{
	char *url = xasprintf("%s%s", r->s->api_url, path);
	struct fetch_answer answer;

	fetch_get(url, &answer);
	assert_int_equal(answer.status, 200);
	if (strstr(answer.body, secret) != NULL)
		fail_msg("%s shows a secret", path);
	fetch_clear(&answer);
	free(url);
}

static bool
is_logged(struct rig *r, const char *log, const char *text)
{
	char *path = sandbox_path(r->s->box, log), *line = NULL;
	FILE *f = fopen(path, "r");
	size_t cap = 0;
	bool is = false;

	assert_non_null(f);
	while (!is && getline(&line, &cap, f) > 0)
		is = strstr(line, text) != NULL;
	fclose(f);
	free(line);
	free(path);
	return is;
}

static void
dippy_05_nobody_can_read_a_secret(void **state)
{
	static const char *const tables[] = {"job", "attempt", "miner", "kind",
	    "judgement", "route_table", "instance"};
	struct rig *r = *state;
	struct callback_told told;
	char id[40], *path;
	struct hand_task *task =
	    play_accepted(r, PLAY_TRANSLATE("text.translate", ""), id);

	callback_json(task, "a wrong one", PLAY_OUTPUT, &told);
	path = xasprintf("/v1/jobs/%s", id);
	for (int i = 0; i < 2; i++) { /* while it is open, and once it is not */
		assert_not_read(r, path, task->secret);
		assert_not_read(r, "/v1/miners", task->secret);
		assert_not_read(r, "/metrics", task->secret);
		callback_json(task, task->secret, PLAY_OUTPUT, &told);
		assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		assert_int_equal(db_int(r->s->db,
				     "select count(*) from %s t where "
				     "t::text like '%%%s%%'",
				     tables[i], task->secret),
		    0);
	assert_true(is_logged(r, "orchestratord.log", task->id));
	assert_false(is_logged(r, "orchestratord.log", task->secret));
	assert_false(is_logged(r, "signerd.log", task->secret));
	free(path);
	hand_drop(r->hand, task);
}

/* -- 08: success needs an image ------------------------------------------- */

static void
end_without_image(struct rig *r, const void *image, size_t len,
    const char *word, const char *reason)
{
	struct callback_told told;
	char id[40], *path;
	struct hand_task *task = play_accepted(r, GENERATE, id);
	const struct callback_dippy c = {.job_id = task->id,
	    .status = "success",
	    .image_type = "image/png",
	    .image = image,
	    .len = len};

	callback_dippy(task, task->secret, &c, &told);
	assert_int_equal(play_told(&told, 200, word), 0);
	assert_int_equal(play_ended(r->s, task->id, "failed", reason), 0);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	assert_int_equal(play_judged(r->s, task->id, false), 0);
	path = xasprintf("/v1/jobs/%s/result", id);
	assert_int_equal(play_get(r->s, path, 409), 0);
	free(path);
	hand_drop(r->hand, task);
}

static void
dippy_08_success_needs_an_image(void **state)
{
	static const char words[] = "all went well, believe me";
	struct rig *r = *state;
	struct buf png = {0};

	sample_png(0, &png);
	end_without_image(r, NULL, 0, "error", "empty_result");
	end_without_image(r, "", 0, "error", "empty_result");
	assert_int_equal(play_job(r), 0);
	end_without_image(r, words, strlen(words), "success", "wrong_type");
	/* Its signature and its header, and no more. */
	end_without_image(r, png.data, 33, "success", "truncated");
	assert_int_equal(play_job(r), 0);
	buf_free(&png);
}

/* -- 09: failures before a callback --------------------------------------- */

static double
failures_of(struct rig *r, const struct hand_task *task)
{
	return db_real(r->s->db,
	    "select failures from miner where hotkey = '%s'",
	    r->s->miner_hotkeys[task->miner]);
}

static void
assert_counted(struct rig *r, const char *job_id, struct hand_task *task,
    const char *end, const char *reason, double failures)
{
	assert_int_equal(play_ended(r->s, task->id, end, reason), 0);
	assert_int_equal(attempt_await_job(r->s, job_id, "failed"), 0);
	assert_int_equal(play_judged(r->s, task->id, false), 0);
	assert_true(failures_of(r, task) > failures);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from job where id = '%s' and "
			     "finished_at is not null and reason = 'no_budget'",
			     job_id),
	    1);
	hand_drop(r->hand, task);
}

static void
dippy_09_failures_before_a_callback_count(void **state)
{
	struct rig *r = *state;
	struct hand_task *task;
	double failures;
	char id[40];

	task = held_task(r, PLAY_TRANSLATE("text.translate", ""), id);
	failures = failures_of(r, task);
	hand_answer(r->hand, task, 503);
	assert_counted(r, id, task, "refused", "refused", failures);

	task = rig_task(r, PLAY_TRANSLATE("text.brief", ""), id);
	assert_non_null(task);
	failures = failures_of(r, task);
	assert_counted(r, id, task, "timed_out", "no_result", failures);
	assert_int_equal(play_job(r), 0);
}

/* -- 10, 11: whose time it is --------------------------------------------- */

static void
dippy_10_a_late_acknowledgement_resets_no_time(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40];

	task = held_task(r, PLAY_TRANSLATE("text.translate", ""), id);
	await_ms(task->arrived_us, HOLD_MS);
	hand_answer(r->hand, task, 202);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_true(real_of(r, task->id, "miner_ms") >= HOLD_MS);
	assert_true(real_of(r, task->id, "dispatch_ms") >= HOLD_MS);
	hand_drop(r->hand, task);
}

/* signerd stands still while the job waits for it. */
static void
dippy_11_our_delay_is_not_the_miners(void **state)
{
	struct rig *r = *state;
	struct proc *signer = r->s->daemons[SUITE_SIGNER];
	struct callback_told told;
	struct hand_task *task;
	int64_t begun_us = clock_mono_us();
	char id[40];

	proc_signal(signer, SIGSTOP);
	assert_int_equal(
	    suite_submit(r->s, PLAY_TRANSLATE("text.translate", ""), id), 202);
	await_ms(begun_us, HOLD_MS);
	proc_signal(signer, SIGCONT);
	task = rig_next(r, id);
	assert_non_null(task);
	callback_json(task, task->secret, PLAY_OUTPUT, &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_true(real_of(r, task->id, "miner_ms") <=
		    (clock_mono_us() - begun_us) / 1e3 - HOLD_MS);
	hand_drop(r->hand, task);
}

/* -- 17: memory ----------------------------------------------------------- */

static long
resident_kb(struct rig *r)
{
	char *path = xasprintf("/proc/%d/status",
		 (int)proc_pid(r->s->daemons[SUITE_ORCHESTRATOR])),
	     line[256];
	FILE *f = fopen(path, "r");
	long kb = -1;

	assert_non_null(f);
	while (kb < 0 && fgets(line, sizeof(line), f) != NULL)
		sscanf(line, "VmRSS: %ld", &kb);
	fclose(f);
	free(path);
	return kb;
}

/* One recording of 2 MB, taken once and then again and again. */
static void
bring(struct rig *r, const struct buf *wav)
{
	char id[40];
	struct hand_task *task = play_accepted(r, SPEAK, id);
	struct callback_told told;

	for (int i = 0; i <= AGAIN; i++) {
		callback_file(task, task->secret, "result", "audio/wav",
		    wav->data, wav->len, &told);
		assert_int_equal(
		    play_told(&told, 200, i == 0 ? "accepted" : "duplicate"),
		    0);
	}
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	hand_drop(r->hand, task);
}

static void
dippy_17_callbacks_leave_no_memory(void **state)
{
	struct rig *r = *state;
	struct buf wav = {0};
	long before_kb;

	sample_wav(440, 64, &wav);
	bring(r, &wav);
	before_kb = resident_kb(r);
	for (int i = 0; i < ROUNDS; i++)
		bring(r, &wav);
	assert_true(wav.len * ROUNDS * AGAIN > 2 * 1024 * GROWTH_KB);
	if (!KEEPS_FREED)
		assert_true(resident_kb(r) - before_kb < GROWTH_KB);
	buf_free(&wav);
}

/* -- 09: pending for ever ------------------------------------------------- */

static void
dippy_09_nothing_is_pending_for_ever(void **state)
{
	struct rig *r = *state;

	assert_int_equal(jobs_wait_quiet(r->s, 0), 0);
	assert_int_equal(jobs_audit_rows(r->s), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dippy_02_a_failed_dispatch_goes_elsewhere),
	    cmocka_unit_test(dippy_02_a_refusal_is_not_undone),
	    cmocka_unit_test(dippy_03_a_wrong_secret_fails_no_finished_job),
	    cmocka_unit_test(dippy_03_garbage_ids_leave_nothing),
	    cmocka_unit_test(dippy_05_nobody_can_read_a_secret),
	    cmocka_unit_test(dippy_08_success_needs_an_image),
	    cmocka_unit_test(dippy_09_failures_before_a_callback_count),
	    cmocka_unit_test(dippy_10_a_late_acknowledgement_resets_no_time),
	    cmocka_unit_test(dippy_11_our_delay_is_not_the_miners),
	    cmocka_unit_test(dippy_17_callbacks_leave_no_memory),
	    cmocka_unit_test(dippy_09_nothing_is_pending_for_ever),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}
