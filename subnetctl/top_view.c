/* What `subnetctl top` shows. */
#include "subnetctl/top_view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/pg.h"

enum { LEAST_WIDTH = 40, MOST_WIDTH = 500, MAX_LINE = 1024 };
enum { WIDE = 118 }; /* from there on hotkeys are whole */
enum { LATE_TEMPOS = 2, SILENT_S = 20, SILENT_SETTER_S = 120 };

enum style { PLAIN, DIM, BOLD, TITLE, ALARM };

struct pen {
	const struct top_screen *screen;
	struct buf *out;
	int lines;
};

/* -- words ----------------------------------------------------------------- */

void
top_duration(double ms, char *out, size_t size)
{
	if (isnan(ms))
		snprintf(out, size, "-");
	else if (ms < 1000)
		snprintf(out, size, "%.0f ms", ms > 0 ? ms : 0);
	else if (ms < 100e3)
		snprintf(out, size, "%.1f s", ms / 1e3);
	else if (ms < 6000e3)
		snprintf(out, size, "%.1f min", ms / 60e3);
	else
		snprintf(out, size, "%.1f h", ms / 3600e3);
}

void
top_count(double n, char *out, size_t size)
{
	if (n < 10e3)
		snprintf(out, size, "%.0f", n);
	else if (n < 1e6)
		snprintf(out, size, "%.1fk", n / 1e3);
	else
		snprintf(out, size, "%.1fM", n / 1e6);
}

struct word {
	char text[24];
};

static struct word
duration_at(const PGresult *res, int row, const char *column, double ms_of_one)
{
	struct word w;

	top_duration(
	    pg_real(res, row, column) * ms_of_one, w.text, sizeof(w.text));
	return w;
}

static struct word
count_at(const PGresult *res, int row, const char *column)
{
	struct word w;

	top_count(pg_real(res, row, column), w.text, sizeof(w.text));
	return w;
}

static struct word
real_at(const PGresult *res, int row, const char *column)
{
	double v = pg_real(res, row, column);
	struct word w = {"-"};

	if (!isnan(v))
		snprintf(w.text, sizeof(w.text), "%.4g", v);
	return w;
}

/* -- lines ----------------------------------------------------------------- */

static const char *
escape_of(enum style style)
{
	switch (style) {
	case PLAIN:
		return "";
	case DIM:
		return "\x1b[2m";
	case BOLD:
		return "\x1b[1m";
	case TITLE:
		return "\x1b[7m";
	case ALARM:
		return "\x1b[1;31m";
	}
	return "";
}

static int
width_of(const struct top_screen *s)
{
	if (s->width < LEAST_WIDTH)
		return s->width > 0 ? s->width : LEAST_WIDTH;
	return s->width < MOST_WIDTH ? s->width : MOST_WIDTH;
}

static bool
has_room(const struct pen *pen)
{
	return pen->screen->height <= 0 || pen->lines < pen->screen->height;
}

/* What rows say may hold anything: no escape sequence of theirs gets out. */
static void
tame(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || (unsigned char)*text > 0x7e)
			*text = '?';
	}
}

__attribute__((format(printf, 3, 4))) static void
line(struct pen *pen, enum style style, const char *fmt, ...)
{
	bool styled = pen->screen->color && style != PLAIN;
	int width = width_of(pen->screen);
	char text[MAX_LINE];
	va_list ap;

	if (!has_room(pen))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tame(text);
	if (styled)
		buf_add_str(pen->out, escape_of(style));
	if (style == TITLE && styled)
		buf_printf(pen->out, "%-*.*s", width, width, text);
	else
		buf_printf(pen->out, "%.*s", width, text);
	buf_add_str(pen->out, styled ? "\x1b[0m\n" : "\n");
	pen->lines++;
}

/* -- the head -------------------------------------------------------------- */

static void
title(struct pen *pen, const struct top *t)
{
	char every[32] = "", block[48] = "";

	if (t->every_ms > 0)
		snprintf(every, sizeof(every), "  every %.3g s%s",
		    (double)t->every_ms / 1000, t->is_paused ? ", paused" : "");
	if (t->now != NULL && !pg_is_null(t->now, 0, "block"))
		snprintf(block, sizeof(block), "  block %s, %s ago",
		    pg_text(t->now, 0, "block"),
		    duration_at(t->now, 0, "block_s", 1000).text);
	line(pen, TITLE, " subnetd  netuid %s%s  %s%s", t->netuid, block,
	    t->at != NULL ? t->at : "", every);
	if (t->trouble != NULL)
		line(pen, ALARM, "%s", t->trouble);
}

static void
jobs(struct pen *pen, const PGresult *now)
{
	double span_s = pg_real(now, 0, "span_s");
	double done = pg_real(now, 0, "done");

	line(pen, BOLD,
	    "jobs     %s queued (oldest %s), %s assigned, %s running; %s "
	    "attempts in flight",
	    count_at(now, 0, "queued").text,
	    duration_at(now, 0, "oldest_s", 1000).text,
	    count_at(now, 0, "assigned").text, count_at(now, 0, "running").text,
	    count_at(now, 0, "in_flight").text);
	if (isnan(span_s))
		line(pen, DIM, "lately   no job was accepted");
	else
		line(pen, PLAIN,
		    "lately   %s accepted in %s: %s done (%.3g/s), %s failed, "
		    "%s expired; p50 %s, p95 %s",
		    count_at(now, 0, "accepted").text,
		    duration_at(now, 0, "span_s", 1000).text,
		    count_at(now, 0, "done").text, done / span_s,
		    count_at(now, 0, "failed").text,
		    count_at(now, 0, "expired").text,
		    duration_at(now, 0, "p50_ms", 1).text,
		    duration_at(now, 0, "p95_ms", 1).text);
	line(pen, PLAIN, "miners   %s of %s up, %s out for failing, %s banned",
	    count_at(now, 0, "up").text, count_at(now, 0, "known").text,
	    count_at(now, 0, "ejected").text, count_at(now, 0, "banned").text);
	if (pg_real(now, 0, "undelivered") > 0)
		line(pen, PLAIN, "webhooks %s not delivered yet, oldest %s",
		    count_at(now, 0, "undelivered").text,
		    duration_at(now, 0, "undelivered_s", 1000).text);
}

static const char *
or_dash(const PGresult *res, int row, const char *column)
{
	return pg_is_null(res, row, column) ? "-" : pg_text(res, row, column);
}

static void
weights(struct pen *pen, const PGresult *setters, int i)
{
	bool absent = pg_is_null(setters, i, "tempos_behind");
	bool late = pg_real(setters, i, "tempos_behind") > LATE_TEMPOS;
	bool alarm = !pg_is_null(setters, i, "alarm");
	bool waits = !pg_is_null(setters, i, "waits_for");
	bool silent = pg_real(setters, i, "age_s") > SILENT_SETTER_S;

	line(pen, absent || late || alarm || silent ? ALARM : PLAIN,
	    "weights  mechanism %s: %s%s, proven at %s, %s%s%s%s; "
	    "round %s, %s ago",
	    pg_text(setters, i, "mecid"),
	    absent ? "" : real_at(setters, i, "tempos_behind").text,
	    absent ? "hotkey not registered" : " tempos behind",
	    or_dash(setters, i, "proven_block"),
	    pg_is_null(setters, i, "state") ? "nothing in flight"
					    : pg_text(setters, i, "state"),
	    waits ? ", waits: " : "",
	    waits ? pg_text(setters, i, "waits_for") : "",
	    alarm ? ", ALARM" : "", or_dash(setters, i, "epoch"),
	    duration_at(setters, i, "round_s", 1000).text);
	if (alarm)
		line(pen, ALARM, "         %s", pg_text(setters, i, "alarm"));
	if (silent)
		line(pen, ALARM,
		    "         so it was %s ago: weightsetterd is silent",
		    duration_at(setters, i, "age_s", 1000).text);
}

static void
programs(struct pen *pen, const PGresult *res)
{
	char text[MAX_LINE] = "";
	bool silent = false, found = false;
	size_t len = 0;

	for (int i = 0; i < PQntuples(res) && len < sizeof(text); i++) {
		silent = silent || pg_real(res, i, "silent_s") > SILENT_S;
		found = found || strcmp(pg_text(res, i, "program"),
				     "orchestratord") == 0;
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%s %s (%s ago)", i > 0 ? ", " : "", pg_text(res, i, "n"),
		    pg_text(res, i, "program"),
		    duration_at(res, i, "silent_s", 1000).text);
	}
	line(pen, silent || !found ? ALARM : PLAIN, "running  %s%s%s",
	    found ? "" : "no orchestratord was heard of",
	    found || len == 0 ? "" : "; ", text);
}

static void
head(struct pen *pen, const struct top *t)
{
	title(pen, t);
	if (t->now == NULL || PQntuples(t->now) == 0)
		return;
	jobs(pen, t->now);
	for (int i = 0; t->setters != NULL && i < PQntuples(t->setters); i++)
		weights(pen, t->setters, i);
	if (t->programs != NULL)
		programs(pen, t->programs);
}

/* -- the tables ------------------------------------------------------------ */

/* How many rows of n fit into a part of the lines that are left; keep: lines
 * for what comes below. */
static int
rows_that_fit(const struct pen *pen, int n, int keep)
{
	int left = pen->screen->height - pen->lines - keep;

	if (pen->screen->height <= 0 || n < left)
		return n;
	return left > 0 ? left : 0;
}

static void
kinds(struct pen *pen, const PGresult *res)
{
	int left = pen->screen->height - pen->lines;
	int n = rows_that_fit(pen, PQntuples(res), left / 2);

	if (PQntuples(res) == 0)
		return;
	line(pen, PLAIN, "%s", "");
	line(pen, TITLE, "%-20s %7s %9s %7s %8s %7s %6s %9s %9s", "KIND",
	    "QUEUED", "OLDEST", "RUNNING", "ACCEPTED", "DONE", "FAILED", "P50",
	    "P95");
	for (int i = 0; i < n; i++)
		line(pen, PLAIN, "%-20.20s %7s %9s %7s %8s %7s %6s %9s %9s",
		    pg_text(res, i, "kind"), count_at(res, i, "queued").text,
		    duration_at(res, i, "oldest_s", 1000).text,
		    count_at(res, i, "running").text,
		    count_at(res, i, "accepted").text,
		    count_at(res, i, "done").text,
		    count_at(res, i, "failed").text,
		    duration_at(res, i, "p50_ms", 1).text,
		    duration_at(res, i, "p95_ms", 1).text);
}

/* "5Grwva..KutQY", or all of it on a wide screen. */
static void
short_hotkey(const struct pen *pen, const char *hotkey, char *out, size_t size)
{
	size_t len = strlen(hotkey);

	if (width_of(pen->screen) >= WIDE || len <= 13)
		snprintf(out, size, "%s", hotkey);
	else
		snprintf(out, size, "%.6s..%s", hotkey, hotkey + len - 5);
}

static enum style
style_of(const char *state)
{
	if (strcmp(state, "up") == 0)
		return PLAIN;
	return strcmp(state, "down") == 0 ? DIM : ALARM;
}

static void
miners(struct pen *pen, const PGresult *res)
{
	int wide = width_of(pen->screen) >= WIDE ? 48 : 13;
	int n = rows_that_fit(pen, PQntuples(res), 3);
	char hotkey[64];

	if (PQntuples(res) == 0)
		return;
	line(pen, PLAIN, "%s", "");
	line(pen, TITLE, "%5s %-*s %-6s %5s %6s %6s %6s %9s %7s %7s", "UID",
	    wide, "HOTKEY", "STATE", "OPEN", "ENDED", "DONE", "FAILED", "P50",
	    "SCORE", "WEIGHT");
	for (int i = 0; i < n; i++) {
		const char *state = pg_text(res, i, "state");

		short_hotkey(
		    pen, pg_text(res, i, "hotkey"), hotkey, sizeof(hotkey));
		line(pen, style_of(state),
		    "%5s %-*s %-6.6s %5s %6s %6s %6s %9s %7s %7s",
		    pg_text(res, i, "uid"), wide, hotkey, state,
		    count_at(res, i, "open").text,
		    count_at(res, i, "ended").text,
		    count_at(res, i, "delivered").text,
		    count_at(res, i, "failed").text,
		    duration_at(res, i, "p50_ms", 1).text,
		    real_at(res, i, "score").text,
		    real_at(res, i, "weight").text);
	}
}

static void
foot(struct pen *pen, const struct top *t)
{
	if (t->every_ms <= 0)
		return;
	while (pen->screen->height > 0 && pen->lines < pen->screen->height - 1)
		line(pen, PLAIN, "%s", "");
	line(pen, DIM,
	    "q quits  space pauses  r looks again  + - slower, "
	    "faster");
}

void
top_view(const struct top *t, const struct top_screen *screen, struct buf *out)
{
	struct pen pen = {.screen = screen, .out = out};

	head(&pen, t);
	if (t->kinds != NULL)
		kinds(&pen, t->kinds);
	if (t->miners != NULL)
		miners(&pen, t->miners);
	foot(&pen, t);
}
