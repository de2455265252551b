/*
 * subnetctl top: the whole suite at a glance, drawn again and again on the
 * terminal; or one look, as text or JSON. Read-only: each look is a few
 * statements, of a cost that does not grow with the jobs there have been.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"
#include "subnetctl/terminal.h"
#include "subnetctl/top_view.h"

/* What counts as lately, and who was heard of. */
static const int64_t lately_us = 300 * 1000000LL, heard_us = 60 * 1000000LL;

/* All of one look takes no longer: live, somebody may wait for his key to be
 * heeded. */
static const int64_t live_us = 5 * 1000000LL, once_us = 30 * 1000000LL;

enum { LEAST_MS = 200, MOST_MS = 60000, ONCE_WIDTH = 120, CTRL_C = 3 };

static const char most_miners[] = "200";

struct look {
	const struct ctl *ctl;
	PGconn *conn;	  /* NULL: to be connected */
	int64_t limit_us; /* for all of it */
	int64_t until_us; /* mono: then it is given up */
	PGresult *now, *programs, *setters, *kinds, *miners;
	char at[16];
	struct err trouble; /* "": none */
};

/* -- reading --------------------------------------------------------------- */

static void
forget(struct look *l)
{
	PQclear(l->now);
	PQclear(l->programs);
	PQclear(l->setters);
	PQclear(l->kinds);
	PQclear(l->miners);
	l->now = l->programs = l->setters = l->kinds = l->miners = NULL;
}

/* $1 netuid, $2 now, then a time if there is one, then texts. */
static PGresult *
ask(struct look *l, const char *sql, int64_t now_us, int64_t since_us,
    const char *const *more, size_t n_more)
{
	struct pg_params p = {.n = 0};

	pg_add_text(&p, l->ctl->netuid);
	pg_add_us(&p, now_us);
	if (since_us != 0)
		pg_add_us(&p, since_us);
	for (size_t i = 0; i < n_more; i++)
		pg_add_text(&p, more[i]);
	return db_query_until(
	    l->conn, l->until_us, sql, p.n, p.values, &l->trouble);
}

static int
read_all(struct look *l, int64_t now_us)
{
	const char *const ranked[] = {l->ctl->mecid, most_miners};
	int64_t since_us = now_us - lately_us;
	struct pg_params p = {.n = 0};

	l->now = ask(l, sql_ctl_top_now, now_us, since_us, NULL, 0);
	if (l->now != NULL)
		l->programs = ask(l, sql_ctl_top_programs, now_us,
		    now_us - heard_us, NULL, 0);
	if (l->programs != NULL)
		l->setters = ask(l, sql_ctl_top_setters, now_us, 0, NULL, 0);
	if (l->setters != NULL)
		l->kinds = ask(l, sql_ctl_top_kinds, now_us, since_us, NULL, 0);
	if (l->kinds != NULL)
		l->miners =
		    ask(l, sql_ctl_top_miners, now_us, since_us, ranked, 2);
	pg_add_us(&p, now_us);
	snprintf(l->at, sizeof(l->at), "%.8sZ", p.values[0] + 11);
	return l->miners != NULL ? 0 : -1;
}

/* The server ends by itself what we would not wait for: looks that are given
 * up leave no statements behind that pile up there. */
static int
connect_look(struct look *l)
{
	char limit_ms[24];
	const char *const params[] = {limit_ms};
	PGresult *res;

	l->conn = db_connect(config_str(l->ctl->config, "db.url"), &l->trouble);
	if (l->conn == NULL)
		return -1;
	snprintf(
	    limit_ms, sizeof(limit_ms), "%lld", (long long)l->limit_us / 1000);
	l->until_us = clock_mono_us() + l->limit_us;
	res = db_query_until(
	    l->conn, l->until_us, sql_ctl_top_limit, 1, params, &l->trouble);
	PQclear(res);
	if (res != NULL)
		return 0;
	PQfinish(l->conn);
	l->conn = NULL;
	return -1;
}

/* What there is to see now. After a failure the connection is made anew, and
 * what was seen before stays. */
static int
take_look(struct look *l, int64_t now_us)
{
	struct look fresh = {.ctl = l->ctl, .limit_us = l->limit_us};

	if (l->conn == NULL && connect_look(l) != 0)
		return -1;
	fresh.conn = l->conn;
	fresh.until_us = clock_mono_us() + fresh.limit_us;
	if (read_all(&fresh, now_us) != 0) {
		l->trouble = fresh.trouble;
		forget(&fresh);
		PQfinish(l->conn);
		l->conn = NULL;
		return -1;
	}
	forget(l);
	*l = fresh;
	return 0;
}

static void
end_look(struct look *l)
{
	forget(l);
	PQfinish(l->conn);
}

/* -- showing --------------------------------------------------------------- */

static struct top
top_of(const struct look *l, int64_t every_ms, bool is_paused)
{
	return (struct top){.now = l->now,
	    .programs = l->programs,
	    .setters = l->setters,
	    .kinds = l->kinds,
	    .miners = l->miners,
	    .netuid = l->ctl->netuid,
	    .at = l->at,
	    .every_ms = every_ms,
	    .is_paused = is_paused,
	    .trouble = l->trouble.text[0] != '\0' ? l->trouble.text : NULL};
}

static void
print_json(const struct look *l)
{
	show_json(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "netuid",
	    l->ctl->netuid, "now", show_row(l->now, 0), "programs",
	    show_rows(l->programs), "weights", show_rows(l->setters), "kinds",
	    show_rows(l->kinds), "miners", show_rows(l->miners)));
}

static int
show_once(const struct ctl *ctl)
{
	const struct top_screen screen = {.width = ONCE_WIDTH};
	struct look look = {.ctl = ctl, .limit_us = once_us};
	struct buf out = {0};
	struct top top;

	if (take_look(&look, clock_wall_us()) != 0) {
		end_look(&look);
		return ctl_fail(ctl, CTL_FAILED, &look.trouble);
	}
	if (ctl->json) {
		print_json(&look);
	} else {
		top = top_of(&look, 0, false);
		top_view(&top, &screen, &out);
		fputs(buf_str(&out), stdout);
		buf_free(&out);
	}
	end_look(&look);
	return CTL_OK;
}

/* -- live ------------------------------------------------------------------ */

struct live {
	struct look look;
	struct terminal *terminal;
	int64_t every_ms, due_us; /* mono: of the next look */
	bool is_paused, is_over;
};

static void
draw(struct live *live)
{
	struct top top = top_of(&live->look, live->every_ms, live->is_paused);
	struct top_screen screen = {.color = getenv("NO_COLOR") == NULL};
	struct buf out = {0};

	terminal_size(live->terminal, &screen.width, &screen.height);
	top_view(&top, &screen, &out);
	terminal_draw(live->terminal, buf_str(&out));
	buf_free(&out);
}

static int64_t
bounded(int64_t ms)
{
	if (ms < LEAST_MS)
		return LEAST_MS;
	return ms > MOST_MS ? MOST_MS : ms;
}

static void
on_key(struct live *live, int key)
{
	switch (key) {
	case TERMINAL_ENDED:
	case CTRL_C:
	case 'q':
	case 'Q':
		live->is_over = true;
		break;
	case ' ':
	case 'p':
		live->is_paused = !live->is_paused;
		break;
	case 'r':
		live->due_us = 0;
		break;
	case '+':
		live->every_ms = bounded(live->every_ms * 2);
		break;
	case '-':
		live->every_ms = bounded(live->every_ms / 2);
		break;
	default:
		break;
	}
}

/* Until it is told to end. What is under way when a key is pressed is waited
 * for: a look is short, and a server that hangs is given up in seconds. */
static void
run_live(struct live *live)
{
	while (!live->is_over) {
		int64_t now_us = clock_mono_us(), left_ms;

		if (now_us >= live->due_us &&
		    (!live->is_paused || live->due_us == 0)) {
			take_look(&live->look, clock_wall_us());
			live->due_us = now_us + live->every_ms * 1000;
		}
		draw(live);
		left_ms = (live->due_us - clock_mono_us()) / 1000 + 1;
		if (live->is_paused)
			left_ms = live->every_ms;
		on_key(live, terminal_wait(live->terminal, left_ms));
	}
}

static int
show_live(const struct ctl *ctl)
{
	struct live live = {.look = {.ctl = ctl, .limit_us = live_us},
	    .every_ms = bounded(config_ms(ctl->config, "subnetctl.every"))};
	struct err err;

	if (take_look(&live.look, clock_wall_us()) != 0) {
		end_look(&live.look);
		return ctl_fail(ctl, CTL_FAILED, &live.look.trouble);
	}
	live.due_us = clock_mono_us() + live.every_ms * 1000;
	live.terminal = terminal_open(&err);
	if (live.terminal == NULL) {
		end_look(&live.look);
		return ctl_fail(ctl, CTL_FAILED, &err);
	}
	run_live(&live);
	terminal_close(live.terminal);
	end_look(&live.look);
	return CTL_OK;
}

int
ctl_top(const struct ctl *ctl)
{
	if (ctl->json || config_bool(ctl->config, "subnetctl.once") ||
	    !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return show_once(ctl);
	return show_live(ctl);
}
