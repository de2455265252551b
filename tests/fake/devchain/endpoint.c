/* A port's view of the chain, true or not. */
#include "tests/fake/devchain/endpoint.h"

#include <string.h>

#include "common/err.h"
#include "subtensor/hash.h"
#include "subtensor/header.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/show.h"

/* -- faults ---------------------------------------------------------------- */

static int
read_lie(const char *text, enum endpoint_lie *lie)
{
	if (text != NULL && strcmp(text, "bare") == 0)
		*lie = LIE_BARE;
	else if (text != NULL && strcmp(text, "whole") == 0)
		*lie = LIE_WHOLE;
	else
		return -1;
	return 0;
}

static int
read_fault(struct endpoint_faults *f, const char *key, const json_t *value)
{
	struct {
		const char *key;
		bool *flag;
		int *number;
	} const faults[] = {
	    {"dead", &f->dead, NULL},
	    {"mute", &f->mute, NULL},
	    {"frozen", &f->frozen, NULL},
	    {"http_only", &f->http_only, NULL},
	    {"deaf_subscriptions", &f->deaf, NULL},
	    {"http_status", NULL, &f->http_status},
	    {"retry_after", NULL, &f->retry_after_s},
	    {"limit", NULL, &f->limit},
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (strcmp(faults[i].key, key) != 0)
			continue;
		if (faults[i].flag != NULL)
			*faults[i].flag = json_is_true(value);
		else
			*faults[i].number = (int)json_integer_value(value);
		return 0;
	}
	if (strcmp(key, "ahead") == 0)
		f->ahead = (uint32_t)json_integer_value(value);
	else if (strcmp(key, "delay_ms") == 0)
		f->delay_us = json_integer_value(value) * 1000;
	else if (strcmp(key, "other_hash") == 0)
		return read_lie(json_string_value(value), &f->lie);
	else
		return -1;
	return 0;
}

int
endpoint_set(struct endpoint *e, const json_t *j, struct err *err)
{
	struct endpoint_faults f = {.retry_after_s = -1};
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)j, key, value)
	{
		if (read_fault(&f, key, value) != 0)
			return err_set(
			    err, "an endpoint has no such fault: %s", key);
	}
	e->frozen_best = e->chain->best->place.number;
	e->frozen_final = e->chain->finalized->place.number;
	e->true_until = e->chain->finalized->place.number;
	e->n_branch = 0;
	e->faults = f;
	return 0;
}

/* -- heads ----------------------------------------------------------------- */

static bool
is_frozen(const struct endpoint *e)
{
	return e != NULL && e->faults.frozen;
}

const struct block *
endpoint_best(const struct endpoint *e, const struct chain *chain)
{
	return is_frozen(e) ? chain_block_at(chain, e->frozen_best)
			    : chain->best;
}

const struct block *
endpoint_finalized(const struct endpoint *e, const struct chain *chain)
{
	return is_frozen(e) ? chain_block_at(chain, e->frozen_final)
			    : chain->finalized;
}

bool
endpoint_tells(const struct endpoint *e)
{
	return e == NULL || (!e->faults.frozen && !e->faults.deaf);
}

/* -- a branch of its own --------------------------------------------------- */

static bool
is_false(const struct endpoint *e, const struct block *b)
{
	return e != NULL && e->faults.lie == LIE_WHOLE &&
	       b->place.number > e->true_until;
}

static void false_hash(
    struct endpoint *, const struct block *, uint8_t out[32]);

/* The true header, but for its state and, further up, its parent. */
static json_t *
false_header(struct endpoint *e, const struct block *b)
{
	const struct block *parent = block_parent(b);
	json_t *j = show_header(b);
	uint8_t hash[32];

	hash_blake2_256(b->state_root, sizeof(b->state_root), hash);
	json_object_set_new(j, "stateRoot", show_hex(hash, 32));
	if (is_false(e, parent)) {
		false_hash(e, parent, hash);
		json_object_set_new(j, "parentHash", show_hex(hash, 32));
	}
	return j;
}

static const struct false_block *
find_false(const struct endpoint *e, const uint8_t *of, const uint8_t *hash)
{
	size_t n = e->n_branch < ENDPOINT_FALSE ? e->n_branch : ENDPOINT_FALSE;

	for (size_t i = 0; i < n; i++) {
		const struct false_block *f = &e->branch[i];

		if ((of == NULL || memcmp(f->of, of, 32) == 0) &&
		    (hash == NULL || memcmp(f->hash, hash, 32) == 0))
			return f;
	}
	return NULL;
}

static void
false_hash(struct endpoint *e, const struct block *b, uint8_t out[32])
{
	const struct false_block *known = find_false(e, b->hash, NULL);
	struct false_block *next;
	json_t *header;

	if (known == NULL) {
		header = false_header(e, b);
		header_hash(header, out);
		json_decref(header);
		next = &e->branch[e->n_branch++ % ENDPOINT_FALSE];
		memcpy(next->of, b->hash, 32);
		memcpy(next->hash, out, 32);
		return;
	}
	memcpy(out, known->hash, 32);
}

/* -- what is made up ------------------------------------------------------- */

/* 32 bytes that are only good for being others. */
static json_t *
nonsense(const char *what, uint32_t number)
{
	uint8_t hash[32];
	char text[64];

	memset(text, 0, sizeof(text));
	strncpy(text, what, sizeof(text) - sizeof(number) - 1);
	memcpy(text + sizeof(text) - sizeof(number), &number, sizeof(number));
	hash_blake2_256(text, sizeof(text), hash);
	return show_hex(hash, sizeof(hash));
}

static json_t *
invented_header(const struct block *b, uint32_t ahead)
{
	json_t *j = show_header(b);
	uint32_t number = b->place.number + ahead;

	json_object_set_new(j, "number", json_sprintf("0x%x", number));
	json_object_set_new(j, "parentHash", nonsense("parent", number));
	json_object_set_new(j, "stateRoot", nonsense("state", number));
	return j;
}

static json_t *
hash_of(json_t *header)
{
	uint8_t hash[32];

	header_hash(header, hash);
	json_decref(header);
	return show_hex(hash, sizeof(hash));
}

static bool
is_bare(const struct endpoint *e, const struct chain *chain, uint32_t number)
{
	return e != NULL && e->faults.lie == LIE_BARE &&
	       number + ENDPOINT_LIES > chain->best->place.number;
}

/* -- answers --------------------------------------------------------------- */

json_t *
endpoint_header(struct endpoint *e, const struct block *b)
{
	return is_false(e, b) ? false_header(e, b) : show_header(b);
}

json_t *
endpoint_hash(struct endpoint *e, const struct block *b)
{
	uint8_t hash[32];

	if (!is_false(e, b))
		return show_hex(b->hash, sizeof(b->hash));
	false_hash(e, b, hash);
	return show_hex(hash, sizeof(hash));
}

json_t *
endpoint_head(struct endpoint *e, const struct block *b)
{
	if (e != NULL && e->faults.ahead > 0)
		return invented_header(b, e->faults.ahead);
	return endpoint_header(e, b);
}

static json_t *
name_block(struct endpoint *e, const struct chain *chain, const struct block *b)
{
	if (is_bare(e, chain, b->place.number))
		return nonsense("bare", b->place.number);
	return endpoint_hash(e, b);
}

json_t *
endpoint_head_hash(struct endpoint *e, const struct block *b)
{
	if (e == NULL)
		return show_hex(b->hash, 32);
	if (e->faults.ahead > 0)
		return hash_of(invented_header(b, e->faults.ahead));
	return name_block(e, e->chain, b);
}

json_t *
endpoint_hash_at(
    struct endpoint *e, const struct chain *chain, long long number)
{
	uint32_t best = endpoint_best(e, chain)->place.number;
	const struct block *b;

	if (number < 0 || number > UINT32_MAX)
		return json_null();
	if (e != NULL && e->faults.ahead > 0 && number > best &&
	    number <= best + e->faults.ahead)
		return nonsense("ahead", (uint32_t)number);
	b = number > best ? NULL : chain_block_at(chain, (uint32_t)number);
	return b == NULL ? json_null() : name_block(e, chain, b);
}

struct block *
endpoint_find(
    struct endpoint *e, const struct chain *chain, const uint8_t hash[32])
{
	const struct false_block *f =
	    e == NULL ? NULL : find_false(e, NULL, hash);
	struct block *b = chain_block(chain, f == NULL ? hash : f->of);

	if (b == NULL || (f == NULL && is_false(e, b)))
		return NULL;
	if (is_frozen(e) && b->place.number > e->frozen_best)
		return NULL;
	return b;
}
