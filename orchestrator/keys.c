/* The API keys that this instance has met lately. */
#include "orchestrator/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "common/clock.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_keys.h"

enum { N_BUCKETS = 1024 };

static const int64_t use_noted_us = 60 * 1000000LL;

struct waiter {
	struct waiter *next;
	keys_on_found *on_found;
	void *arg;
};

struct entry {
	LIST_ENTRY(entry) in_bucket;
	TAILQ_ENTRY(entry) in_order;
	struct keys *keys;
	struct key key;
	int64_t read_us; /* mono; 0: never */
	bool is_asked;	 /* about which PostgreSQL is */
	bool is_changed; /* since it was asked */
	struct waiter *waiters;
};

LIST_HEAD(bucket, entry);
TAILQ_HEAD(order, entry);

struct keys {
	struct orchestrator *o;
	struct bucket buckets[N_BUCKETS];
	struct order order; /* that of the latest use first */
	size_t n, n_asked;
};

static struct bucket *
bucket_of(struct keys *keys, const char *id)
{
	return &keys->buckets[XXH64(id, strlen(id), 0) % N_BUCKETS];
}

static struct entry *
find(struct keys *keys, const char *id)
{
	struct entry *e;

	LIST_FOREACH(e, bucket_of(keys, id), in_bucket)
	{
		if (strcmp(e->key.id, id) == 0)
			return e;
	}
	return NULL;
}

static void
entry_free(struct entry *e)
{
	struct waiter *w;

	while ((w = e->waiters) != NULL) {
		e->waiters = w->next;
		free(w);
	}
	LIST_REMOVE(e, in_bucket);
	TAILQ_REMOVE(&e->keys->order, e, in_order);
	e->keys->n--;
	free(e);
}

/* Room for one more: that which was not used for longest goes. */
static void
make_room(struct keys *keys)
{
	struct entry *e = TAILQ_LAST(&keys->order, order);

	while (keys->n >= KEYS_MOST && e->is_asked)
		e = TAILQ_PREV(e, order, in_order);
	if (keys->n >= KEYS_MOST)
		entry_free(e);
}

static struct entry *
add(struct keys *keys, const char *id)
{
	struct entry *e;

	make_room(keys);
	e = xcalloc(1, sizeof(*e));
	e->keys = keys;
	snprintf(e->key.id, sizeof(e->key.id), "%s", id);
	LIST_INSERT_HEAD(bucket_of(keys, id), e, in_bucket);
	TAILQ_INSERT_HEAD(&keys->order, e, in_order);
	keys->n++;
	return e;
}

static void
touch(struct entry *e)
{
	TAILQ_REMOVE(&e->keys->order, e, in_order);
	TAILQ_INSERT_HEAD(&e->keys->order, e, in_order);
}

const struct key *
keys_get(struct keys *keys, const char *id, int64_t now_us)
{
	struct entry *e = find(keys, id);

	if (e == NULL || e->read_us == 0 ||
	    now_us - e->read_us >= KEYS_FRESH_MS * 1000LL)
		return NULL;
	touch(e);
	return &e->key;
}

/* -- looking one up ----------------------------------------------------- */

/* An hour in which nobody could have said that it is revoked. */
static bool
is_stale(const struct entry *e, int64_t now_us)
{
	return e->read_us != 0 && now_us - e->read_us < KEYS_STALE_MS * 1000LL;
}

static void
tell(struct entry *e, enum keys_outcome outcome)
{
	struct waiter *w = e->waiters, *next;
	struct key key = e->key;

	if (e->is_asked)
		e->keys->n_asked--;
	e->is_asked = e->is_changed = false;
	e->waiters = NULL;
	if (e->read_us == 0)
		entry_free(e);
	for (; w != NULL; w = next) {
		next = w->next;
		w->on_found(
		    outcome, outcome == KEYS_FOUND ? &key : NULL, w->arg);
		free(w);
	}
}

static int
take_row(struct key *key, const PGresult *res)
{
	key->role = role_parse(pg_text(res, 0, "role"));
	key->expires_us = pg_int(res, 0, "expires_us");
	key->revoked_us = pg_int(res, 0, "revoked_us");
	key->has_quota = pg_bool(res, 0, "has_quota");
	snprintf(
	    key->tenant, sizeof(key->tenant), "%s", pg_text(res, 0, "tenant"));
	return hex_decode_exact(
	    pg_text(res, 0, "hash"), key->hash, sizeof(key->hash));
}

static void
note_use(struct keys *keys, const char *id, const PGresult *res)
{
	int64_t now_us = clock_wall_us();

	if (now_us - pg_int(res, 0, "used_us") > use_noted_us)
		store_key_used(keys->o, id, now_us);
}

static void
on_row(const struct pg_answer *answer, void *arg)
{
	struct entry *e = arg;
	int64_t now_us = clock_mono_us();
	const PGresult *res;
	bool found;

	if (answer->outcome != PG_DONE) {
		tell(e, is_stale(e, now_us) ? KEYS_FOUND : KEYS_AWAY);
		return;
	}
	res = answer->results[0];
	found = PQntuples(res) == 1 && take_row(&e->key, res) == 0;
	if (found)
		note_use(e->keys, e->key.id, res);
	e->read_us = found && !e->is_changed ? now_us : 0;
	tell(e, found ? KEYS_FOUND : KEYS_UNKNOWN);
}

static void
wait_for(struct entry *e, keys_on_found *on_found, void *arg)
{
	struct waiter *w = xcalloc(1, sizeof(*w));

	w->on_found = on_found;
	w->arg = arg;
	w->next = e->waiters;
	e->waiters = w;
}

void
keys_look_up(
    struct keys *keys, const char *id, keys_on_found *on_found, void *arg)
{
	struct entry *e = find(keys, id);

	if (e == NULL)
		e = add(keys, id);
	touch(e);
	wait_for(e, on_found, arg);
	if (e->is_asked)
		return;
	/* Nobody waits ten seconds for what is known to be away. */
	if (!pg_is_up(keys->o->pg) || keys->n_asked >= KEYS_MOST_ASKED) {
		tell(e, is_stale(e, clock_mono_us()) ? KEYS_FOUND : KEYS_AWAY);
		return;
	}
	e->is_asked = true;
	keys->n_asked++;
	store_key_get(keys->o, id, on_row, e);
}

static void
on_nobody(enum keys_outcome outcome, const struct key *key, void *arg)
{
	(void)outcome;
	(void)key;
	(void)arg;
}

const struct key *
keys_peek(struct keys *keys, const char *id, int64_t now_us)
{
	struct entry *e;

	if (keys_get(keys, id, now_us) == NULL)
		keys_look_up(keys, id, on_nobody, NULL);
	e = find(keys, id);
	return e != NULL && e->read_us != 0 ? &e->key : NULL;
}

void
keys_forget(struct keys *keys, const char *id)
{
	struct entry *e = find(keys, id);

	if (e == NULL)
		return;
	e->is_changed = true;
	if (!e->is_asked)
		entry_free(e);
}

/* -- the whole ---------------------------------------------------------- */

struct keys *
keys_new(struct orchestrator *o)
{
	struct keys *keys = xcalloc(1, sizeof(*keys));

	keys->o = o;
	for (size_t i = 0; i < N_BUCKETS; i++)
		LIST_INIT(&keys->buckets[i]);
	TAILQ_INIT(&keys->order);
	return keys;
}

void
keys_free(struct keys *keys)
{
	if (keys == NULL)
		return;
	while (!TAILQ_EMPTY(&keys->order))
		entry_free(TAILQ_FIRST(&keys->order));
	free(keys);
}
