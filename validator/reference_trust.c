/* One job is given, and one text taken, at a time. */
#include "validator/reference_trust.h"

#include <event2/event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "scorer/text.h"
#include "validator/audit.h"
#include "validator/store_reference.h"

struct reference_trust {
	struct reference_trust_setup setup;
	struct event *again; /* there may be more */
	bool is_giving, is_taking, is_closed;
	/* What is being settled. */
	char job_id[UUID_TEXT], hotkey[AUDIT_MAX_HOTKEY];
	bool is_found;
	struct metric *found, *missing;
};

static const char no_text[] = "the trusted miner gave no text";

/* Not before the call that answers has returned. */
static void
look_again(struct reference_trust *t)
{
	struct timeval now = {0, 0};

	if (!t->is_closed)
		event_add(t->again, &now);
}

/* -- giving --------------------------------------------------------------- */

static void
on_given(const struct reference_given *given, void *arg)
{
	struct reference_trust *t = arg;

	t->is_giving = false;
	if (given->job_id == NULL) {
		if (given->why != NULL)
			log_warn(
			    "references.not_given", "why=\"%s\"", given->why);
		return;
	}
	if (given->trusted != NULL) {
		log_info("reference.given", "job=%s hotkey=%s as=%s",
		    given->job_id, given->trusted, given->as);
	} else {
		log_info("reference.not_given", "job=%s why=\"%s\"",
		    given->job_id, given->why);
		metric_add(t->missing, 1);
		t->setup.on_settled(t->setup.arg);
	}
	look_again(t);
}

static void
give(struct reference_trust *t)
{
	if (t->is_giving || !reference_trust_is_open(t))
		return;
	t->is_giving = true;
	store_give_reference(t->setup.store, t->setup.rule, clock_wall_us(),
	    t->setup.wait_ms, on_given, t);
}

/* -- taking what was said ------------------------------------------------- */

static void
on_settled(enum store_outcome outcome, const char *why, void *arg)
{
	struct reference_trust *t = arg;

	t->is_taking = false;
	switch (outcome) {
	case STORE_DONE:
		log_info("reference.settled",
		    "job=%s source=audit found=%s hotkey=%s why=\"%s\"",
		    t->job_id, t->is_found ? "yes" : "no", t->hotkey,
		    t->is_found ? "" : no_text);
		metric_add(t->is_found ? t->found : t->missing, 1);
		t->setup.on_settled(t->setup.arg);
		break;
	case STORE_TAKEN:
		break;
	case STORE_FAILED:
		log_warn("reference.not_settled", "job=%s why=\"%s\"",
		    t->job_id, why);
		return; /* the sweep comes again */
	}
	look_again(t);
}

static void
on_heard(const struct reference_due *due, const char *why, void *arg)
{
	struct reference_trust *t = arg;
	const char *text = due->n > 0 ? due->said[0].text : NULL;
	const struct reference_settled settled = {
	    .job_id = t->job_id,
	    .source = "audit",
	    .text = text,
	    .why = text != NULL ? NULL : no_text,
	    .agreement = NAN,
	};

	if (why != NULL)
		log_warn("references.not_read", "why=\"%s\"", why);
	if (due->job_id == NULL) {
		t->is_taking = false;
		return;
	}
	snprintf(t->job_id, sizeof(t->job_id), "%s", due->job_id);
	snprintf(t->hotkey, sizeof(t->hotkey), "%s",
	    due->n > 0 ? due->said[0].hotkey : "none");
	t->is_found = text != NULL;
	store_settle_reference(t->setup.store, &settled, clock_wall_us(),
	    t->setup.wait_ms, on_settled, t);
}

static void
take(struct reference_trust *t)
{
	if (t->is_taking)
		return;
	t->is_taking = true;
	store_read_heard(t->setup.store, TEXT_MAX_BYTES, on_heard, t);
}

/* -- the whole ------------------------------------------------------------ */

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	reference_trust_look(arg);
}

struct reference_trust *
reference_trust_new(const struct reference_trust_setup *setup)
{
	static const char help[] =
	    "References looked for, and what came of it.";
	static const char name[] = "subnetd_references_total";
	struct reference_trust *t = xcalloc(1, sizeof(*t));

	t->setup = *setup;
	t->again = event_new(setup->base, -1, 0, on_again, t);
	t->found = metrics_counter(
	    setup->metrics, name, "source=\"audit\",found=\"yes\"", help);
	t->missing = metrics_counter(
	    setup->metrics, name, "source=\"audit\",found=\"no\"", help);
	return t;
}

void
reference_trust_free(struct reference_trust *t)
{
	if (t == NULL)
		return;
	event_free(t->again);
	free(t);
}

bool
reference_trust_is_open(const struct reference_trust *t)
{
	return t->setup.rule->n_trusted > 0 && t->setup.rule->budget > 0;
}

void
reference_trust_look(struct reference_trust *t)
{
	if (t->is_closed)
		return;
	give(t);
	take(t);
}

void
reference_trust_close(struct reference_trust *t)
{
	t->is_closed = true;
	event_del(t->again);
}

bool
reference_trust_is_idle(const struct reference_trust *t)
{
	return !t->is_giving && !t->is_taking;
}
