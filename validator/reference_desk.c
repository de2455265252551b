/* References are looked for: one consensus at a time, a pair of texts in each
 * turn of the loop. */
#include "validator/reference_desk.h"

#include <event2/event.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "scorer/text.h"
#include "validator/judge.h"
#include "validator/reference_consensus.h"
#include "validator/reference_service.h"
#include "validator/reference_trust.h"
#include "validator/store_reference.h"

enum {
	MOMENT_MS = 200, /* for a job to be over when its last result is */
	AGAIN_MS = 1000, /* when the database did not answer */
};

/* A job whose texts are compared. */
struct meeting {
	char job_id[UUID_TEXT];
	struct reference_consensus consensus;
	size_t n;
	char ids[CONSENSUS_MAX][UUID_TEXT];
	char hotkeys[CONSENSUS_MAX][64];
	char *texts[CONSENSUS_MAX];
};

struct reference_desk {
	struct reference_setup setup;
	struct event *look;    /* for what there is to do */
	struct event *compare; /* the next pair */
	bool is_expiring, is_reading, is_settling, is_closed;
	struct meeting *meeting; /* NULL: none */
	struct metric *met, *unmet, *expired;
};

static void
look_in(struct reference_desk *d, int64_t ms)
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	if (!d->is_closed && !event_pending(d->look, EV_TIMEOUT, NULL))
		event_add(d->look, &tv);
}

/* -- giving up ------------------------------------------------------------ */

static void
on_expired(enum store_outcome outcome, const char *why, void *arg)
{
	struct reference_desk *d = arg;

	d->is_expiring = false;
	switch (outcome) {
	case STORE_DONE:
		metric_add(d->expired, 1);
		d->setup.on_settled(d->setup.arg);
		return;
	case STORE_TAKEN:
		return;
	case STORE_FAILED:
		log_warn("references.not_read", "why=\"%s\"", why);
		look_in(d, AGAIN_MS);
		return;
	}
}

static void
expire(struct reference_desk *d)
{
	const struct reference_service *service = d->setup.service;

	if (d->is_expiring)
		return;
	d->is_expiring = true;
	store_expire_references(d->setup.store,
	    service != NULL && reference_service_is_out(service),
	    reference_trust_is_open(d->setup.trust), clock_wall_us(),
	    d->setup.wait_ms, on_expired, d);
}

/* -- consensus ------------------------------------------------------------ */

static struct meeting *
meeting_new(const struct reference_due *due, const struct policy *policy)
{
	const struct judge_case c = {.scoring = due->scoring,
	    .params = due->params,
	    .language = due->language};
	struct meeting *m = xcalloc(1, sizeof(*m));
	const char *texts[CONSENSUS_MAX];

	snprintf(m->job_id, sizeof(m->job_id), "%s", due->job_id);
	m->n = due->n;
	for (size_t i = 0; i < due->n; i++) {
		const struct reference_said *said = &due->said[i];

		snprintf(m->ids[i], sizeof(m->ids[i]), "%s", said->attempt_id);
		snprintf(
		    m->hotkeys[i], sizeof(m->hotkeys[i]), "%s", said->hotkey);
		if (said->text != NULL)
			m->texts[i] = xstrdup(said->text);
		texts[i] = m->texts[i];
	}
	reference_consensus_begin(
	    &m->consensus, judge_metric(&c, policy), texts, due->n);
	return m;
}

static void
meeting_free(struct meeting *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		free(m->texts[i]);
	free(m);
}

static void
on_settled(enum store_outcome outcome, const char *why, void *arg)
{
	struct reference_desk *d = arg;

	d->is_settling = false;
	meeting_free(d->meeting);
	d->meeting = NULL;
	if (outcome == STORE_FAILED) {
		log_warn("reference.not_settled", "why=\"%s\"", why);
		look_in(d, AGAIN_MS);
		return;
	}
	d->setup.on_settled(d->setup.arg);
	look_in(d, 0); /* there may be more */
}

static char *
outliers_of(const struct meeting *m, const struct reference_found *found)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < m->n; i++) {
		if (found->is_outlier[i])
			json_array_append_new(list, json_string(m->hotkeys[i]));
	}
	text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}

static void
settle(struct reference_desk *d)
{
	const struct meeting *m = d->meeting;
	struct reference_found found;
	struct reference_settled s = {
	    .job_id = m->job_id, .source = "consensus", .agreement = NAN};
	char *outliers = NULL;

	reference_consensus_end(&m->consensus, &found);
	s.why = found.why;
	if (found.medoid >= 0) {
		outliers = outliers_of(m, &found);
		s.text = m->texts[found.medoid];
		s.medoid = m->ids[found.medoid];
		s.agreement = found.agreement;
		s.outliers = outliers;
	}
	metric_add(found.medoid >= 0 ? d->met : d->unmet, 1);
	log_info("reference.settled",
	    "job=%s source=consensus found=%s responses=%zu outliers=%s "
	    "why=\"%s\"",
	    m->job_id, s.text != NULL ? "yes" : "no", m->n,
	    outliers != NULL ? outliers : "[]", s.why != NULL ? s.why : "");
	d->is_settling = true;
	store_settle_reference(d->setup.store, &s, clock_wall_us(),
	    d->setup.wait_ms, on_settled, d);
	free(outliers);
}

static void
on_compare(evutil_socket_t fd, short what, void *arg)
{
	struct reference_desk *d = arg;
	struct timeval now = {0, 0};

	(void)fd;
	(void)what;
	if (reference_consensus_step(&d->meeting->consensus))
		event_add(d->compare, &now);
	else
		settle(d);
}

static void
on_due(const struct reference_due *due, const char *why, void *arg)
{
	struct reference_desk *d = arg;
	struct timeval now = {0, 0};

	d->is_reading = false;
	if (why != NULL) {
		log_warn("references.not_read", "why=\"%s\"", why);
		look_in(d, AGAIN_MS);
	}
	if (due->job_id == NULL || d->is_closed)
		return;
	d->meeting = meeting_new(due, d->setup.policy);
	event_add(d->compare, &now);
}

static void
meet(struct reference_desk *d)
{
	if (d->is_reading || d->meeting != NULL)
		return;
	d->is_reading = true;
	store_read_due(d->setup.store, TEXT_MAX_BYTES, on_due, d);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct reference_desk *d = arg;

	(void)fd;
	(void)what;
	if (d->is_closed)
		return;
	expire(d);
	meet(d);
	reference_trust_look(d->setup.trust);
	if (d->setup.service != NULL)
		reference_service_look(d->setup.service);
}

/* -- the desk ------------------------------------------------------------- */

struct reference_desk *
reference_desk_new(const struct reference_setup *setup)
{
	static const char help[] =
	    "References looked for, and what came of it.";
	static const char name[] = "subnetd_references_total";
	struct reference_desk *d = xcalloc(1, sizeof(*d));

	d->setup = *setup;
	d->look = event_new(setup->base, -1, 0, on_look, d);
	d->compare = event_new(setup->base, -1, 0, on_compare, d);
	d->met = metrics_counter(
	    setup->metrics, name, "source=\"consensus\",found=\"yes\"", help);
	d->unmet = metrics_counter(
	    setup->metrics, name, "source=\"consensus\",found=\"no\"", help);
	d->expired = metrics_counter(setup->metrics,
	    "subnetd_references_expired_total", NULL,
	    "Times at which nobody waited for some references any longer.");
	return d;
}

void
reference_desk_free(struct reference_desk *d)
{
	if (d == NULL)
		return;
	event_free(d->look);
	event_free(d->compare);
	meeting_free(d->meeting);
	free(d);
}

void
reference_desk_wake(struct reference_desk *d)
{
	if (d != NULL)
		look_in(d, MOMENT_MS);
}

void
reference_desk_close(struct reference_desk *d)
{
	if (d == NULL)
		return;
	d->is_closed = true;
	event_del(d->look);
	reference_trust_close(d->setup.trust);
	if (d->setup.service != NULL)
		reference_service_close(d->setup.service);
}

bool
reference_desk_is_idle(const struct reference_desk *d)
{
	if (d == NULL)
		return true;
	return !d->is_expiring && !d->is_reading && d->meeting == NULL &&
	       reference_trust_is_idle(d->setup.trust) &&
	       (d->setup.service == NULL ||
		   reference_service_is_idle(d->setup.service));
}
