/*
 * A result that has arrived: kept once, judged by its bytes. The row, the
 * files and the probe are played here; the row moves by the real table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "orchestrator/accept.c"
#include "orchestrator/probe_verdict.c"
#include "orchestrator/states.c"

struct blob_writer {
	int aborted;
};

struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct kind kind;
	struct blob_writer file;
	/* the row */
	enum attempt_state row;
	char reason[32], type[128], sha256[65];
	int64_t at_us, deadline_us; /* 0: far away */
	bool has_json, is_gone, is_turned_away;
	/* what goes wrong */
	int away; /* so many questions and steps the database does not take */
	bool no_disk, no_file, no_store;
	enum probe_outcome probe;
	const char *measured;
	bool is_probed_already, is_opening_already;
	int opened;
	/* what was done */
	int steps, probes, removed, settled, answers, noted;
	char status[16];
};

static struct world *
world_of(const void *o)
{
	return (struct world *)o;
}

void
blob_abort(struct blob_writer *w)
{
	if (w != NULL)
		w->aborted++;
}

void
blob_commit(struct blob_writer *w, const char *id, char sha256[65],
    blob_on_done *on_done, void *arg)
{
	struct world *world =
	    (struct world *)((char *)w - offsetof(struct world, file));

	assert_string_equal(id, "attempt");
	snprintf(sha256, 65, "ours");
	on_done(world->no_disk ? "disk full" : NULL, arg);
}

void
blob_open(struct blobs *blobs, const char *id, const char *sha256,
    blob_on_open *on_open, void *arg)
{
	struct world *w = world_of(blobs);

	assert_string_equal(id, "attempt");
	assert_string_equal(sha256, w->sha256);
	w->opened++;
	if (w->no_store)
		on_open(BLOB_FAILED, -1, 0, "away", arg);
	else if (w->no_file)
		on_open(BLOB_MISSING, -1, 0, "gone", arg);
	else
		on_open(BLOB_DONE, dup(0), 10, "", arg);
}

bool
blob_is_opening(const struct blobs *blobs, const char *id)
{
	assert_string_equal(id, "attempt");
	return world_of(blobs)->is_opening_already;
}

void
blob_remove(struct blobs *blobs, const char *id, const char *sha256)
{
	assert_string_equal(id, "attempt");
	assert_string_equal(sha256, "ours");
	world_of(blobs)->removed++;
}

bool
probes_has(const struct probes *probes, const char *id)
{
	(void)id;
	return world_of(probes)->is_probed_already;
}

void
probe_start(struct probes *probes, const char *id, int fd,
    void (*on_done)(enum probe_outcome, const json_t *, void *), void *arg)
{
	struct world *w = world_of(probes);
	json_t *measured = NULL;

	close(fd);
	assert_string_equal(id, "attempt");
	w->probes++;
	if (w->probe == PROBE_MEASURED)
		measured = json_pack("{s:s}", "type", w->measured);
	on_done(w->probe, measured, arg);
	json_decref(measured);
}

void
store_attempt_step(struct orchestrator *o, const char *job_id,
    const char *attempt_id, enum attempt_event event, enum attempt_state to,
    const char *reason, const struct attempt_result *result,
    void (*on_done)(bool, void *), void *arg)
{
	struct world *w = world_of(o);
	bool moved = w->away == 0 && attempt_next(w->row, event) == (int)to;

	assert_string_equal(job_id, "job");
	assert_string_equal(attempt_id, "attempt");
	assert_true(w->steps++ < 20);
	if (w->away > 0)
		w->away--;
	if (moved) {
		w->row = to;
		snprintf(w->reason, sizeof(w->reason), "%s",
		    reason != NULL ? reason : "");
		if (result != NULL && result->type != NULL)
			snprintf(w->type, sizeof(w->type), "%s", result->type);
		if (result != NULL && result->sha256 != NULL)
			snprintf(
			    w->sha256, sizeof(w->sha256), "%s", result->sha256);
		if (result != NULL && result->json != NULL)
			w->has_json = true;
		if (event != ATTEMPT_PASS && result != NULL)
			w->at_us = result->at_us;
	}
	on_done(moved, arg);
}

void
store_attempt_finish(struct orchestrator *o, const char *job_id,
    const char *attempt_id, enum attempt_event event,
    const struct attempt_result *result,
    void (*on_done)(bool moved, bool ended, void *arg), void *arg)
{
	(void)o;
	(void)job_id;
	(void)attempt_id;
	(void)event;
	(void)result;
	(void)on_done;
	(void)arg;
	fail_msg("nothing here says that the job wants one miner");
}

struct flight *
flights_find(struct flights *f, const char *id)
{
	(void)f;
	(void)id;
	return NULL;
}

static PGresult *
row_of(const struct world *w)
{
	enum { N = 7 };
	static const char *const columns[N] = {"id", "job_id", "kind", "state",
	    "result_sha256", "deadline_us", "is_turned_away"};
	char deadline[32];
	const char *const cells[N] = {"attempt", "job", "k",
	    attempt_state_name(w->row), w->sha256, deadline,
	    w->is_turned_away ? "t" : "f"};
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attributes[N] = {0};

	snprintf(deadline, sizeof(deadline), "%lld",
	    (long long)(w->deadline_us != 0 ? w->deadline_us : INT64_MAX));
	for (int i = 0; i < N; i++)
		attributes[i].name = (char *)columns[i];
	PQsetResultAttrs(res, N, attributes);
	for (int i = 0; i < N && !w->is_gone; i++)
		PQsetvalue(res, 0, i, (char *)cells[i], strlen(cells[i]));
	return res;
}

void
store_attempt_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	struct world *w = world_of(o);
	PGresult *res = row_of(w);
	bool away = w->away > 0;
	struct pg_answer answer = {
	    away ? PG_UNKNOWN : PG_DONE, &res, !away, "gone", ""};

	assert_string_equal(id, "attempt");
	if (away)
		w->away--;
	on_answer(&answer, arg);
	PQclear(res);
}

void
overhead_note(struct overhead *overhead, enum overhead_part part,
    int64_t from_us, int64_t to_us)
{
	struct world *w =
	    (struct world *)((char *)overhead -
			     offsetof(struct world, o.counters.overhead));

	assert_int_equal(part, OVERHEAD_RESULT);
	assert_true(from_us == 0 || from_us == 4711);
	assert_true(to_us > from_us);
	w->noted += from_us != 0;
}

void
jobs_settle(struct orchestrator *o, const char *job_id)
{
	assert_string_equal(job_id, "job");
	world_of(o)->settled++;
}

const struct kind *
kinds_find(const struct kinds *kinds, const char *name)
{
	assert_string_equal(name, "k");
	return &world_of(kinds)->kind;
}

bool
kind_takes(const struct kind *k, const char *type)
{
	(void)k;
	(void)type;
	abort(); /* results alone */
}

bool
kind_gives(const struct kind *k, const char *type)
{
	(void)k;
	return strcmp(type, "audio/wav") == 0 ||
	       strcmp(type, "audio/mpeg") == 0;
}

/* -- a world and an arrival ---------------------------------------------- */

static struct world *
world_new(bool gives_file)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->kind.output_types = json_array();
	if (gives_file)
		json_array_append_new(
		    w->kind.output_types, json_string("audio/wav"));
	w->kind.max_output_bytes = 100;
	w->o.kinds = (struct kinds *)w;
	w->o.blobs = (struct blobs *)w;
	w->o.probes = (struct probes *)w;
	w->row = ATTEMPT_ACCEPTED;
	w->probe = PROBE_MEASURED;
	w->measured = "audio/wav";
	return w;
}

static void
world_free(struct world *w)
{
	json_decref(w->kind.output_types);
	free(w);
}

static void
on_told(const char *status, void *arg)
{
	struct world *w = arg;

	w->answers++;
	snprintf(w->status, sizeof(w->status), "%s",
	    status != NULL ? status : "none");
}

static void
arrive(struct world *w, struct arrival *a)
{
	snprintf(a->attempt_id, sizeof(a->attempt_id), "attempt");
	snprintf(a->job_id, sizeof(a->job_id), "job");
	a->kind = &w->kind;
	a->at_us = 4711;
	a->deadline_us = w->deadline_us != 0 ? w->deadline_us : INT64_MAX;
	a->is_turned_away = w->is_turned_away;
	arrival_accept(&w->o, a, on_told, w);
	assert_int_equal(w->answers, 1);
	arrival_clear(a);
}

static void
bring_file(struct world *w, enum attempt_state as_read)
{
	struct arrival a = {.state = as_read, .file = &w->file, .bytes = 10};

	snprintf(a.type, sizeof(a.type), "audio/mpeg");
	arrive(w, &a);
}

/* -- which attempts take a result ---------------------------------------- */

static const struct {
	enum attempt_state state;
	const char *answered;
} answers[] = {
    {ATTEMPT_PREPARED, "closed"},
    {ATTEMPT_SENT, NULL},
    {ATTEMPT_ACCEPTED, NULL},
    {ATTEMPT_RECEIVED, "duplicate"},
    {ATTEMPT_DELIVERED, "duplicate"},
    {ATTEMPT_FAILED, "duplicate"},
    {ATTEMPT_REFUSED, "closed"},
    {ATTEMPT_TIMED_OUT, NULL},
    {ATTEMPT_LATE, "duplicate"},
    {ATTEMPT_CANCELLED, "closed"},
    {ATTEMPT_ABANDONED, "closed"},
};

static void
each_state_takes_a_result_or_says_why_not(void **state)
{
	(void)state;
	assert_int_equal(
	    sizeof(answers) / sizeof(answers[0]), N_ATTEMPT_STATES);
	for (int s = 0; s < N_ATTEMPT_STATES; s++) {
		const char *got = arrival_answered(s);
		bool takes = attempt_next(s, ATTEMPT_RESULT) >= 0;

		assert_int_equal(answers[s].state, s);
		assert_int_equal(takes, got == NULL);
		if (got != NULL)
			assert_string_equal(got, answers[s].answered);
		else
			assert_null(answers[s].answered);
	}
}

static void
a_result_nobody_waits_for_changes_nothing(void **state)
{
	(void)state;
	for (int s = 0; s < N_ATTEMPT_STATES; s++) {
		struct world *w = world_new(true);

		if (answers[s].answered != NULL) {
			w->row = s;
			bring_file(w, s);
			assert_string_equal(w->status, answers[s].answered);
			assert_int_equal(w->steps, 0);
			assert_int_equal(w->file.aborted, 1);
		}
		world_free(w);
	}
}

/* -- good results -------------------------------------------------------- */

static void
a_file_is_received_looked_at_and_delivered(void **state)
{
	static const enum attempt_state from[] = {
	    ATTEMPT_ACCEPTED, ATTEMPT_SENT};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct world *w = world_new(true);

		w->row = from[i];
		bring_file(w, from[i]);
		assert_string_equal(w->status, "accepted");
		assert_int_equal(w->row, ATTEMPT_DELIVERED);
		assert_int_equal(w->steps, 2);
		assert_int_equal(w->probes, 1);
		assert_int_equal(w->settled, 1);
		assert_string_equal(w->sha256, "ours");
		/* Its type is what we measured, its time the arrival's. */
		assert_string_equal(w->type, "audio/wav");
		assert_int_equal(w->at_us, 4711);
		assert_int_equal(w->noted, 1);
		assert_int_equal(w->removed, 0);
		world_free(w);
	}
}

static void
json_is_delivered_without_a_look(void **state)
{
	struct world *w = world_new(false);
	struct arrival a = {.state = ATTEMPT_ACCEPTED,
	    .output = json_pack("{s:s}", "text", "hi"),
	    .output_bytes = 13};

	(void)state;
	arrive(w, &a);
	assert_string_equal(w->status, "accepted");
	assert_int_equal(w->row, ATTEMPT_DELIVERED);
	assert_true(w->has_json);
	assert_int_equal(w->probes, 0);
	assert_int_equal(w->settled, 1);
	assert_int_equal(w->noted, 1);
	world_free(w);
}

/* What a miner says of its file's type is not repeated unless it may be so. */
static void
a_type_its_kind_does_not_give_is_not_kept(void **state)
{
	struct world *w = world_new(true);
	struct arrival a = {
	    .state = ATTEMPT_ACCEPTED, .file = &w->file, .bytes = 10};

	(void)state;
	w->probe = PROBE_BROKEN; /* stays received */
	snprintf(a.type, sizeof(a.type), "text/html");
	arrive(w, &a);
	assert_int_equal(w->row, ATTEMPT_RECEIVED);
	assert_string_equal(w->type, "application/octet-stream");
	world_free(w);
}

/* -- bad results --------------------------------------------------------- */

static const struct {
	const char *what;
	bool gives_file;
	struct arrival a;
	bool with_file, with_output;
	const char *reason;
} faults[] = {
    {"the miner says so", true, {.says_failed = true, .bytes = 10}, true, false,
	"miner_failed"},
    {"no file", true, {.bytes = 0}, false, false, "empty_result"},
    {"an empty file", true, {.bytes = 0}, true, false, "empty_result"},
    {"JSON for a file", true, {.output_bytes = 9}, false, true, "empty_result"},
    {"a file over its kind's limit", true, {.bytes = 101}, true, false,
	"too_large"},
    {"a file over what is read", true, {.is_too_large = true}, true, false,
	"too_large"},
    {"no JSON", false, {.bytes = 0}, false, false, "empty_result"},
    {"a file for JSON", false, {.bytes = 10}, true, false, "empty_result"},
    {"JSON over its kind's limit", false, {.output_bytes = 101}, false, true,
	"too_large"},
};

static void
what_is_no_result_fails_the_attempt(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct world *w = world_new(faults[i].gives_file);
		struct arrival a = faults[i].a;

		a.state = ATTEMPT_ACCEPTED;
		a.file = faults[i].with_file ? &w->file : NULL;
		a.output = faults[i].with_output ? json_object() : NULL;
		arrive(w, &a);
		if (strcmp(w->reason, faults[i].reason) != 0)
			print_error("%s\n", faults[i].what);
		assert_string_equal(w->status, "failed");
		assert_int_equal(w->row, ATTEMPT_FAILED);
		assert_string_equal(w->reason, faults[i].reason);
		assert_int_equal(w->at_us, 4711);
		assert_int_equal(w->settled, 1);
		assert_int_equal(w->probes, 0);
		assert_int_equal(w->file.aborted, faults[i].with_file);
		assert_string_equal(w->sha256, "");
		world_free(w);
	}
}

static const struct {
	const char *what;
	enum probe_outcome probe;
	const char *measured;
	bool no_file;
	enum attempt_state row;
	const char *reason;
	int settled;
} looks[] = {
    {"does not decode", PROBE_BAD, NULL, false, ATTEMPT_FAILED, "bad_media", 1},
    {"is something else", PROBE_MEASURED, "image/png", false, ATTEMPT_FAILED,
	"wrong_type", 1},
    {"our trouble is not the miner's", PROBE_BROKEN, NULL, false,
	ATTEMPT_RECEIVED, "", 0},
    {"we lost it", PROBE_MEASURED, "audio/wav", true, ATTEMPT_ABANDONED,
	"lost_result", 1},
};

static void
what_the_probe_finds_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct world *w = world_new(true);

		w->probe = looks[i].probe;
		w->measured = looks[i].measured;
		w->no_file = looks[i].no_file;
		bring_file(w, ATTEMPT_ACCEPTED);
		assert_string_equal(w->status, "accepted");
		assert_int_equal(w->row, looks[i].row);
		assert_string_equal(w->reason, looks[i].reason);
		assert_int_equal(w->settled, looks[i].settled);
		world_free(w);
	}
}

/* -- late, and racing ---------------------------------------------------- */

static void
a_late_result_is_kept_as_late(void **state)
{
	struct world *w = world_new(true);

	(void)state;
	w->row = ATTEMPT_TIMED_OUT;
	bring_file(w, ATTEMPT_TIMED_OUT);
	assert_string_equal(w->status, "late");
	assert_int_equal(w->row, ATTEMPT_LATE);
	assert_string_equal(w->reason, "came_late");
	assert_string_equal(w->sha256, "ours");
	assert_int_equal(w->probes, 0);
	assert_int_equal(w->settled, 0);
	world_free(w);
}

/* The sweep has not been there yet: the deadline counts, not the sweep. */
static void
a_result_after_the_deadline_is_late_before_any_sweep(void **state)
{
	static const struct {
		enum attempt_state row;
		int64_t deadline_us;
		enum attempt_state then;
		const char *status;
	} cases[] = {
	    {ATTEMPT_ACCEPTED, 4710, ATTEMPT_LATE, "late"},
	    {ATTEMPT_SENT, 4710, ATTEMPT_LATE, "late"},
	    {ATTEMPT_ACCEPTED, 4711, ATTEMPT_DELIVERED, "accepted"},
	    {ATTEMPT_SENT, 4711, ATTEMPT_DELIVERED, "accepted"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = world_new(true);

		w->row = cases[i].row;
		w->deadline_us = cases[i].deadline_us;
		bring_file(w, cases[i].row);
		assert_string_equal(w->status, cases[i].status);
		assert_int_equal(w->row, cases[i].then);
		assert_int_equal(w->settled, 1);
		assert_int_equal(w->at_us, 4711);
		world_free(w);
	}
}

static void
what_we_turned_away_is_lost_at_its_deadline(void **state)
{
	static const enum attempt_state rows[] = {
	    ATTEMPT_SENT, ATTEMPT_ACCEPTED};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *w = world_new(true);

		w->row = rows[i];
		w->deadline_us = 4710;
		w->is_turned_away = true;
		bring_file(w, rows[i]);
		assert_string_equal(w->status, "closed");
		assert_int_equal(w->row, ATTEMPT_ABANDONED);
		assert_string_equal(w->reason, "lost_result");
		assert_int_equal(w->settled, 1);
		assert_int_equal(w->removed, 1);
		world_free(w);
	}
}

static void
a_late_failure_is_late(void **state)
{
	struct world *w = world_new(true);
	struct arrival a = {.state = ATTEMPT_TIMED_OUT, .says_failed = true};

	(void)state;
	w->row = ATTEMPT_TIMED_OUT;
	arrive(w, &a);
	assert_string_equal(w->status, "late");
	assert_int_equal(w->row, ATTEMPT_LATE);
	assert_string_equal(w->reason, "came_late");
	world_free(w);
}

/* The row was read when the headers came; by the last byte it had moved. */
static const struct {
	enum attempt_state row;
	const char *row_sha256;
	const char *status;
	enum attempt_state then;
	int removed;
} races[] = {
    {ATTEMPT_TIMED_OUT, "", "late", ATTEMPT_LATE, 0},
    {ATTEMPT_RECEIVED, "theirs", "duplicate", ATTEMPT_RECEIVED, 1},
    {ATTEMPT_RECEIVED, "ours", "duplicate", ATTEMPT_RECEIVED, 0},
    {ATTEMPT_DELIVERED, "theirs", "duplicate", ATTEMPT_DELIVERED, 1},
    {ATTEMPT_FAILED, "", "duplicate", ATTEMPT_FAILED, 1},
    {ATTEMPT_CANCELLED, "", "closed", ATTEMPT_CANCELLED, 1},
    {ATTEMPT_ABANDONED, "", "closed", ATTEMPT_ABANDONED, 1},
    {ATTEMPT_REFUSED, "", "closed", ATTEMPT_REFUSED, 1},
};

static void
a_row_that_moved_meanwhile_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(races) / sizeof(races[0]); i++) {
		struct world *w = world_new(true);

		w->row = races[i].row;
		snprintf(
		    w->sha256, sizeof(w->sha256), "%s", races[i].row_sha256);
		bring_file(w, ATTEMPT_ACCEPTED);
		assert_string_equal(w->status, races[i].status);
		assert_int_equal(w->row, races[i].then);
		assert_int_equal(w->removed, races[i].removed);
		world_free(w);
	}
}

static void
a_json_result_that_became_late_keeps_its_json(void **state)
{
	struct world *w = world_new(false);
	struct arrival a = {.state = ATTEMPT_ACCEPTED,
	    .output = json_pack("{s:s}", "text", "hi"),
	    .output_bytes = 13};

	(void)state;
	w->row = ATTEMPT_TIMED_OUT;
	arrive(w, &a);
	assert_string_equal(w->status, "late");
	assert_true(w->has_json);
	world_free(w);
}

static void
an_attempt_that_is_gone_takes_nothing(void **state)
{
	struct world *w = world_new(true);

	(void)state;
	w->row = ATTEMPT_CANCELLED;
	w->is_gone = true;
	bring_file(w, ATTEMPT_ACCEPTED);
	assert_string_equal(w->status, "none");
	world_free(w);
}

/* -- the database away --------------------------------------------------- */

/* A step that came to nothing is made again, and the miner told of it once. */
static void
a_database_that_comes_back_takes_it(void **state)
{
	(void)state;
	for (int away = 1; away <= MAX_TRIES; away++) {
		struct world *w = world_new(true);

		w->away = away;
		bring_file(w, ATTEMPT_ACCEPTED);
		assert_string_equal(w->status, "accepted");
		assert_int_equal(w->row, ATTEMPT_DELIVERED);
		assert_int_equal(w->settled, 1);
		world_free(w);
	}
}

static void
a_database_that_stays_away_is_said_to(void **state)
{
	struct world *w = world_new(true);

	(void)state;
	w->away = 1000;
	bring_file(w, ATTEMPT_ACCEPTED);
	assert_string_equal(w->status, "none");
	assert_int_equal(w->row, ATTEMPT_ACCEPTED);
	/* Should a step have been made after all, the row needs its file. */
	assert_int_equal(w->removed, 0);
	world_free(w);
}

static void
a_full_disk_is_not_the_miners_fault(void **state)
{
	struct world *w = world_new(true);

	(void)state;
	w->no_disk = true;
	bring_file(w, ATTEMPT_ACCEPTED);
	assert_string_equal(w->status, "none");
	assert_int_equal(w->row, ATTEMPT_ACCEPTED);
	assert_int_equal(w->steps, 0);
	world_free(w);
}

/* -- the sweep's second look --------------------------------------------- */

static void
the_sweep_has_forgotten_bytes_looked_at(void **state)
{
	struct world *w = world_new(true);

	(void)state;
	w->row = ATTEMPT_RECEIVED;
	snprintf(w->sha256, sizeof(w->sha256), "ours");
	w->is_probed_already = true;
	intake_probe_again(&w->o, "attempt");
	assert_int_equal(w->probes, 0); /* it is waiting for its turn */
	w->is_probed_already = false;
	w->is_opening_already = true;
	intake_probe_again(&w->o, "attempt");
	assert_int_equal(w->opened, 0); /* it is on its way from the store */
	w->is_opening_already = false;
	w->no_store = true;
	intake_probe_again(&w->o, "attempt");
	assert_int_equal(w->opened, 1);
	assert_int_equal(w->row, ATTEMPT_RECEIVED); /* not lost: later */
	w->no_store = false;
	intake_probe_again(&w->o, "attempt");
	assert_int_equal(w->probes, 1);
	assert_int_equal(w->row, ATTEMPT_DELIVERED);
	intake_probe_again(&w->o, "attempt");
	assert_int_equal(w->probes, 1); /* not what is over */
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_state_takes_a_result_or_says_why_not),
	    cmocka_unit_test(a_result_nobody_waits_for_changes_nothing),
	    cmocka_unit_test(a_file_is_received_looked_at_and_delivered),
	    cmocka_unit_test(json_is_delivered_without_a_look),
	    cmocka_unit_test(a_type_its_kind_does_not_give_is_not_kept),
	    cmocka_unit_test(what_is_no_result_fails_the_attempt),
	    cmocka_unit_test(what_the_probe_finds_decides),
	    cmocka_unit_test(a_late_result_is_kept_as_late),
	    cmocka_unit_test(
		a_result_after_the_deadline_is_late_before_any_sweep),
	    cmocka_unit_test(what_we_turned_away_is_lost_at_its_deadline),
	    cmocka_unit_test(a_late_failure_is_late),
	    cmocka_unit_test(a_row_that_moved_meanwhile_decides),
	    cmocka_unit_test(a_json_result_that_became_late_keeps_its_json),
	    cmocka_unit_test(an_attempt_that_is_gone_takes_nothing),
	    cmocka_unit_test(a_database_that_comes_back_takes_it),
	    cmocka_unit_test(a_database_that_stays_away_is_said_to),
	    cmocka_unit_test(a_full_disk_is_not_the_miners_fault),
	    cmocka_unit_test(the_sweep_has_forgotten_bytes_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
