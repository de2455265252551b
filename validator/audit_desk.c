/* Audits are settled: a lot is read, compared and written, then the next. */
#include "validator/audit_desk.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "validator/audit.h"
#include "validator/store_audit.h"

enum { MOMENT_MS = 200, N_VERDICTS = AUDIT_VOID + 1 };

struct settling {
	struct audit_desk *desk;
	char id[UUID_TEXT], hotkey[AUDIT_MAX_HOTKEY], why[AUDIT_MAX_WHY];
	enum audit_verdict verdict;
};

struct audit_desk {
	struct audit_setup setup;
	struct event *look;
	struct settling settlings[STORE_MAX_AUDITS]; /* the lot under way */
	size_t n_open;				     /* of them, unanswered */
	bool is_reading, is_closed, is_full;
	struct metric *verdicts[N_VERDICTS];
};

static void
look_in(struct audit_desk *d, int64_t ms)
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	if (!d->is_closed && !event_pending(d->look, EV_TIMEOUT, NULL))
		event_add(d->look, &tv);
}

static void
on_settled(enum store_outcome outcome, const char *why, void *arg)
{
	struct settling *s = arg;
	struct audit_desk *d = s->desk;

	switch (outcome) {
	case STORE_DONE:
		log_info("audit.settled",
		    "attempt=%s hotkey=%s verdict=%s why=\"%s\"", s->id,
		    s->hotkey, audit_verdict_name(s->verdict), s->why);
		metric_add(d->verdicts[s->verdict], 1);
		break;
	case STORE_TAKEN:
		break;
	case STORE_FAILED:
		log_warn(
		    "audit.not_settled", "attempt=%s why=\"%s\"", s->id, why);
		d->is_full = false; /* the sweep comes again */
		break;
	}
	d->n_open--;
	if (d->n_open == 0 && d->is_full)
		look_in(d, 0);
}

static void
settle(struct audit_desk *d, const struct audit_due *due, struct settling *s)
{
	struct audit_settled settled = {
	    .attempt_id = due->attempt_id, .results = &due->results};
	int64_t now_us = clock_wall_us();

	*s = (struct settling){.desk = d};
	snprintf(s->id, sizeof(s->id), "%s", due->attempt_id);
	snprintf(s->hotkey, sizeof(s->hotkey), "%s", due->hotkey);
	s->verdict = audit_compare(&due->results, d->setup.distance, s->why);
	settled.verdict = s->verdict;
	settled.why = s->why;
	settled.expires_us = now_us + d->setup.penalty_ms * 1000;
	store_settle_audit(d->setup.store, &settled, now_us, on_settled, s);
}

static void
on_due(const struct audit_due *due, size_t n, const char *why, void *arg)
{
	struct audit_desk *d = arg;

	d->is_reading = false;
	if (why != NULL)
		log_warn("audits.not_read", "why=\"%s\"", why);
	d->is_full = n == STORE_MAX_AUDITS;
	d->n_open = n;
	for (size_t i = 0; i < n; i++)
		settle(d, &due[i], &d->settlings[i]);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct audit_desk *d = arg;

	(void)fd;
	(void)what;
	if (d->is_closed || d->is_reading || d->n_open > 0)
		return;
	d->is_reading = true;
	store_read_audits(d->setup.store, on_due, d);
}

struct audit_desk *
audit_desk_new(const struct audit_setup *setup)
{
	static const char help[] = "Audits settled, by what they came to.";
	struct audit_desk *d = xcalloc(1, sizeof(*d));

	d->setup = *setup;
	d->look = event_new(setup->base, -1, 0, on_look, d);
	for (int i = 0; i < N_VERDICTS; i++) {
		char *labels = xasprintf("verdict=\"%s\"",
		    audit_verdict_name((enum audit_verdict)i));

		d->verdicts[i] = metrics_counter(
		    setup->metrics, "subnetd_audits_total", labels, help);
		free(labels);
	}
	return d;
}

void
audit_desk_free(struct audit_desk *d)
{
	if (d == NULL)
		return;
	event_free(d->look);
	free(d);
}

void
audit_desk_wake(struct audit_desk *d)
{
	if (d != NULL)
		look_in(d, MOMENT_MS);
}

void
audit_desk_close(struct audit_desk *d)
{
	if (d == NULL)
		return;
	d->is_closed = true;
	event_del(d->look);
}

bool
audit_desk_is_idle(const struct audit_desk *d)
{
	return d == NULL || (!d->is_reading && d->n_open == 0);
}
