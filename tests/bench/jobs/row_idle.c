/*
 * What a client costs that does nothing: on a kept connection, at a stream of
 * events, and waiting for a job's end, each of a job of its own that is not to
 * be tried before tomorrow.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/wire.h"
#include "tests/bench/jobs/world.h"
#include "tests/lib/db.h"
#include "tests/lib/suite.h"

enum {
	MOST = 1000,
	FIRST = 20, /* not counted: what is there but once */
	ANSWER_MS = 20000,
	SETTLE_MS = 5000, /* until all that is told at once has been */
	MAX_REQUEST = 256,
	JOB_ID = 40,
};

static const double idle_kb = 6;

struct sort {
	const char *name;
	const char *path; /* of a job by its id, or of none */
	const char *header;
	bool of_job;
	bool is_answered; /* at once, with a head at least */
	int n;
};

static const struct sort sorts[] = {
    {"kept connection", "/v1/instance", "", false, true, 1000},
    {"stream of events", "/v1/jobs/%s/events", "", true, true, 512},
    {"waiting client", "/v1/jobs/%s", "Prefer: wait=60\r\n", true, false, 256},
};

struct idlers {
	struct world *w;
	const struct sort *sort;
	struct wire *wires[MOST];
	char jobs[MOST][JOB_ID];
	int asked, answered, closed;
};

static void
on_answer(struct wire *wire, const struct wire_message *answer, void *arg)
{
	struct idlers *i = arg;

	(void)wire;
	i->answered += answer->status == 200;
	if (i->answered == i->asked)
		event_base_loopbreak(i->w->base);
}

static void
on_closed(struct wire *wire, void *arg)
{
	struct idlers *i = arg;

	(void)wire;
	i->closed++;
}

/* A job for each, not to be tried before tomorrow. */
static bool
submit_all(struct idlers *i)
{
	for (int k = 0; i->sort->of_job && k < i->sort->n; k++) {
		uuid_new(i->jobs[k]);
		if (db_exec(i->w->db,
			"insert into job (id, netuid, kind, state, params, "
			"miners_min, miners_wanted, retries_left, created_at, "
			"deadline_at, next_try_at, rank_at) values ('%s', %d, "
			"'bench', 'queued', '{\"text\": \"later\"}', 1, 1, 0, "
			"now(), now() + interval '2 d', "
			"now() + interval '1 d', now())",
			i->jobs[k], SUITE_NETUID) != 0)
			return false;
	}
	return true;
}

static bool
ask(struct idlers *i, int k)
{
	static const struct wire_handlers handlers = {on_answer, on_closed};
	char path[MAX_REQUEST], request[2 * MAX_REQUEST];
	int len;

	snprintf(path, sizeof(path), i->sort->path, i->jobs[k]);
	len = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: bench\r\n%s\r\n", path, i->sort->header);
	i->wires[k] = wire_connect(i->w->base, i->w->api_port, &handlers, i);
	return i->wires[k] != NULL && wire_send(i->wires[k], request, len) == 0;
}

/* Up to so many in all; each asks once and stays. */
static bool
connect_to(struct idlers *i, int n)
{
	for (; i->asked < n; i->asked++) {
		if (!ask(i, i->asked))
			return false;
	}
	if (i->sort->is_answered)
		world_pump(i->w, ANSWER_MS);
	world_pump(i->w, SETTLE_MS);
	if (i->answered == (i->sort->is_answered ? n : 0) && i->closed == 0)
		return true;
	fprintf(stderr, "bench: of %d %d are answered, %d closed\n", i->asked,
	    i->answered, i->closed);
	return false;
}

/* Kilobytes a client; negative: it could not be measured. */
static double
measure(struct idlers *i)
{
	int64_t before;

	if (world_restart(i->w) != 0 || world_wait_ready(i->w) != 0 ||
	    !submit_all(i) || !connect_to(i, FIRST))
		return -1;
	before = world_rss_bytes(i->w, PART_ORCHESTRATOR);
	if (!connect_to(i, i->sort->n))
		return -1;
	return (world_rss_bytes(i->w, PART_ORCHESTRATOR) - before) / 1024.0 /
	       (i->sort->n - FIRST);
}

static int
judge(struct world *w, const struct sort *sort)
{
	struct idlers *i = xcalloc(1, sizeof(*i));
	struct figures kb = {0}, bound = {0};
	bool is_kept = false;
	char name[64];
	double most;

	i->w = w;
	i->sort = sort;
	most = measure(i);
	if (most >= 0) {
		snprintf(name, sizeof(name), "RSS KB a %s / most", sort->name);
		figures_add(&kb, most);
		figures_add(&bound, idle_kb);
		is_kept = figures_row(name, &kb, &bound, AT_MOST, 1);
	}
	for (int k = 0; k < MOST; k++)
		wire_free(i->wires[k]);
	free(i);
	figures_clear(&kb);
	figures_clear(&bound);
	return rows_verdict(most >= 0, is_kept);
}

int
row_idle(struct world *w)
{
	int worst = 0;

	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
		int verdict = judge(w, &sorts[i]);

		worst = verdict > worst ? verdict : worst;
	}
	return worst;
}
