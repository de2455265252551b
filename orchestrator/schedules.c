/*
 * Jobs made by the clock.
 *
 * At each look the schedules are read from the database, as an operator or
 * another instance may have changed them; the next look is when the first of
 * them is due, and a second later at the latest. Firing names the due time it
 * has seen and moves it on in the same statement, so that of all who look at
 * once only one makes the job. Its next time is counted from now: what was
 * missed is missed but for the job that is made now.
 */
#include "orchestrator/schedules.h"
#include "orchestrator/claim.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/schedule.h"
#include "orchestrator/store_schedules.h"

enum { LOOK_MS = 1000, READ_AGAIN_MS = 2000 };

struct schedules {
	struct orchestrator *o;
	const char *file;
	struct event *timer;
	bool started, is_read;
};

static void
wake_in(struct schedules *s, int64_t ms)
{
	struct timeval soon = {ms / 1000, ms % 1000 * 1000};

	event_add(s->timer, &soon);
}

/* -- firing -------------------------------------------------------------- */

static void
on_fired(const struct pg_answer *answer, void *arg)
{
	struct schedules *s = arg;

	if (answer->outcome != PG_DONE) {
		log_warn("store.failed", "what=schedule_fire why=\"%s\"",
		    answer->why);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		const PGresult *res = answer->results[0];

		log_info("schedule.fired", "name=%s job=%s due_us=%s",
		    pg_text(res, i, "name"), pg_text(res, i, "job"),
		    pg_text(res, i, "due_us"));
	}
	if (PQntuples(answer->results[0]) > 0)
		claim_in(s->o->claim, 0);
}

/* When the schedule of a row fires next; 0, having said why, if never. */
static int64_t
next_of(const PGresult *res, int i, int64_t now_us)
{
	const char *name = pg_text(res, i, "name");
	struct err err;
	int64_t next_us = schedule_next(name, pg_text(res, i, "cron"),
	    pg_int(res, i, "jitter_ms"), now_us, &err);

	if (next_us > 0)
		return next_us;
	log_error("schedule.never", "name=%s why=\"%s\"", name, err.text);
	return 0;
}

static void
add_due(json_t *due, const PGresult *res, int i, int64_t next_us)
{
	char id[UUID_TEXT];

	uuid_new(id);
	json_array_append_new(due,
	    json_pack("{s:s, s:I, s:o, s:s}", "name", pg_text(res, i, "name"),
		"due_us", (json_int_t)pg_int(res, i, "next_us"), "next_us",
		next_us > 0 ? json_integer(next_us) : json_null(), "job", id));
}

/* Plan or fire the schedule of a row, if it is time. When it fires next; 0 if
 * never. */
static int64_t
look_at(struct schedules *s, const PGresult *res, int i, int64_t now_us,
    json_t *due)
{
	bool is_planned = !pg_is_null(res, i, "next_us");
	int64_t next_us = is_planned ? pg_int(res, i, "next_us") : 0;

	if (next_us > now_us)
		return next_us;
	next_us = next_of(res, i, now_us);
	if (is_planned)
		add_due(due, res, i, next_us);
	else
		store_schedule_plan(s->o, pg_text(res, i, "name"), next_us);
	return next_us;
}

static void
on_list(const struct pg_answer *answer, void *arg)
{
	struct schedules *s = arg;
	int64_t now_us = clock_wall_us(), wait_us = LOOK_MS * 1000;
	json_t *due;

	if (answer->outcome != PG_DONE) {
		log_warn("store.failed", "what=schedule_list why=\"%s\"",
		    answer->why);
		wake_in(s, LOOK_MS);
		return;
	}
	due = json_array();
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		int64_t next_us =
		    look_at(s, answer->results[0], i, now_us, due);

		if (next_us > 0 && next_us - now_us < wait_us)
			wait_us = next_us - now_us;
	}
	if (json_array_size(due) > 0)
		store_schedule_fire(s->o, due, now_us, on_fired, s);
	json_decref(due);
	wake_in(s, wait_us / 1000 + 1);
}

/* -- the file ------------------------------------------------------------ */

static void
on_seeded(const struct pg_answer *answer, void *arg)
{
	struct schedules *s = arg;

	if (answer->outcome != PG_DONE) {
		log_error("schedules.not_stored", "why=\"%s\"", answer->why);
		wake_in(s, READ_AGAIN_MS);
		return;
	}
	log_info("schedules.read", "file=%s", s->file);
	s->is_read = true;
	wake_in(s, 0);
}

/* No file: no schedules, and those of an earlier one do not fire. */
static char *
read_rows(const struct schedules *s, struct err *err)
{
	const struct schedule_place place = {
	    .kinds = s->o->kinds,
	    .netuid = s->o->netuid,
	    .ageing_ms = s->o->ageing_ms,
	    .now_us = clock_wall_us(),
	};
	char *text, *rows;

	if (s->file[0] == '\0')
		return xstrdup("[]");
	text = config_read_file(s->file, err);
	if (text == NULL)
		return NULL;
	rows = schedule_rows(text, &place, err);
	free(text);
	return rows;
}

static void
read_file(struct schedules *s)
{
	struct err err;
	char *rows = read_rows(s, &err);

	if (rows != NULL) {
		store_schedule_seed(s->o, rows, on_seeded, s);
	} else {
		log_error("schedules.refused", "file=%s why=\"%s\"", s->file,
		    err.text);
		wake_in(s, READ_AGAIN_MS);
	}
	free(rows);
}

/* -- the whole ----------------------------------------------------------- */

/* Something is always under way: a timer, or a statement that sets it. */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct schedules *s = arg;

	(void)fd;
	(void)what;
	if (s->o->service.draining || !pg_is_up(s->o->pg))
		wake_in(s, LOOK_MS);
	else if (!s->is_read)
		read_file(s);
	else
		store_schedule_list(s->o, on_list, s);
}

struct schedules *
schedules_new(struct orchestrator *o, const char *file)
{
	struct schedules *s = xcalloc(1, sizeof(*s));

	s->o = o;
	s->file = file;
	s->timer = event_new(o->service.base, -1, 0, on_timer, s);
	return s;
}

void
schedules_free(struct schedules *s)
{
	if (s == NULL)
		return;
	event_free(s->timer);
	free(s);
}

void
schedules_start(struct schedules *s)
{
	if (s->started)
		return;
	s->started = true;
	wake_in(s, 0);
}

bool
schedules_are_read(const struct schedules *s)
{
	return s->is_read;
}
