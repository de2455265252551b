/* Requests that may be sent twice. */
#include "orchestrator/idempotency.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/hex.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_keys.h"
#include "orchestrator/store_op.h"

enum { FORGET_S = 60 };

const int64_t idempotency_kept_us = 24 * 3600 * 1000000LL;
const int64_t idempotency_given_up_us = 120 * 1000000LL;

/* -- claiming ----------------------------------------------------------- */

struct claiming {
	struct idempotency i;
	void (*on_claimed)(enum idempotency_outcome, const char *, void *);
	void *arg;
};

/* By what the row says now. */
static enum idempotency_outcome
outcome_of(const struct idempotency *i, const PGresult *res)
{
	if (PQntuples(res) == 0)
		return IDEMPOTENCY_OPEN; /* released at this moment */
	if (strcmp(pg_text(res, 0, "claim"), i->claim) == 0)
		return IDEMPOTENCY_CLAIMED;
	if (strcmp(pg_text(res, 0, "fingerprint"), i->fingerprint) != 0)
		return IDEMPOTENCY_OTHER;
	return pg_is_null(res, 0, "job_id") ? IDEMPOTENCY_OPEN
					    : IDEMPOTENCY_DONE;
}

static void
on_answer(const struct pg_answer *answer, void *arg)
{
	struct claiming *c = arg;
	enum idempotency_outcome outcome = IDEMPOTENCY_AWAY;
	const char *job_id = "";

	if (store_is_done(answer, "idempotency_claim"))
		outcome = outcome_of(&c->i, answer->results[1]);
	if (outcome == IDEMPOTENCY_DONE)
		job_id = pg_text(answer->results[1], 0, "job_id");
	c->on_claimed(outcome, job_id, c->arg);
	free(c);
}

void
idempotency_claim(struct orchestrator *o, struct idempotency *i,
    void (*on_claimed)(enum idempotency_outcome, const char *, void *),
    void *arg)
{
	struct claiming *c = xcalloc(1, sizeof(*c));

	uuid_new(i->claim);
	c->i = *i;
	c->on_claimed = on_claimed;
	c->arg = arg;
	store_idempotency_claim(o, i, clock_wall_us(), on_answer, c);
}

void
idempotency_release(struct orchestrator *o, const struct idempotency *i)
{
	store_idempotency_release(o, i);
}

/* -- forgetting --------------------------------------------------------- */

struct idempotencies {
	struct orchestrator *o;
	struct event *timer;
};

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct idempotencies *all = arg;

	(void)fd;
	(void)what;
	if (pg_is_up(all->o->back))
		store_idempotency_forget(
		    all->o, clock_wall_us() - idempotency_kept_us);
}

struct idempotencies *
idempotencies_new(struct orchestrator *o)
{
	struct idempotencies *all = xcalloc(1, sizeof(*all));
	struct timeval every = {FORGET_S, 0};

	all->o = o;
	all->timer = event_new(o->service.base, -1, EV_PERSIST, on_timer, all);
	event_add(all->timer, &every);
	return all;
}

void
idempotencies_free(struct idempotencies *all)
{
	if (all == NULL)
		return;
	event_free(all->timer);
	free(all);
}

/* -- pure --------------------------------------------------------------- */

/* A string of RFC 8941, between its quotes; -1: it is none. */
static int
unquote(const char *p, char *out, size_t most)
{
	size_t n = 0;

	for (; *p != '\0' && *p != '"'; p++) {
		if (*p == '\\' && p[1] != '"' && p[1] != '\\')
			return -1;
		p += *p == '\\';
		if (n == most)
			return -1;
		out[n++] = *p;
	}
	out[n] = '\0';
	return n > 0 && p[0] == '"' && p[1] == '\0' ? 0 : -1;
}

static bool
is_printable(const char *p)
{
	for (; *p != '\0'; p++) {
		if (*p < 0x20 || *p > 0x7e)
			return false;
	}
	return true;
}

int
idempotency_read(const char *value, char name[IDEMPOTENCY_MOST_NAME + 1])
{
	size_t len = strlen(value);

	if (!is_printable(value))
		return -1;
	if (value[0] == '"')
		return unquote(value + 1, name, IDEMPOTENCY_MOST_NAME);
	if (len < 1 || len > IDEMPOTENCY_MOST_NAME)
		return -1;
	memcpy(name, value, len + 1);
	return 0;
}

static void
add_line(crypto_hash_sha256_state *hash, const char *text)
{
	crypto_hash_sha256_update(hash, (const uint8_t *)text, strlen(text));
	crypto_hash_sha256_update(hash, (const uint8_t *)"\n", 1);
}

void
idempotency_fingerprint(const char *method, const char *path,
    const json_t *request, const char *file_sha256, char out[65])
{
	char *text = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;

	crypto_hash_sha256_init(&hash);
	add_line(&hash, method);
	add_line(&hash, path);
	add_line(&hash, text != NULL ? text : "");
	add_line(&hash, file_sha256);
	crypto_hash_sha256_final(&hash, digest);
	hex_encode(digest, sizeof(digest), out);
	free(text);
}
