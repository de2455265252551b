/* A list; pools of a test are short. */
#include "tests/fake/devchain/pool.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

enum { MAX_BANS = 256, BAN_MS = 30 * 60 * 1000 };

struct ban {
	uint8_t hash[32];
	int64_t until_ms;
};

struct pool {
	struct tx *first;
	pool_listener *listener;
	void *arg;
	struct ban bans[MAX_BANS]; /* a ring */
	size_t next_ban;
};

struct pool *
pool_new(pool_listener *listener, void *arg)
{
	struct pool *p = xcalloc(1, sizeof(*p));

	p->listener = listener;
	p->arg = arg;
	return p;
}

static void
tx_free(struct tx *tx)
{
	buf_free(&tx->bytes);
	free(tx);
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	while (p->first != NULL) {
		struct tx *tx = p->first;

		p->first = tx->next;
		tx_free(tx);
	}
	free(p);
}

struct tx *
pool_first(struct pool *p)
{
	return p->first;
}

struct tx *
pool_find(struct pool *p, const uint8_t hash[32])
{
	struct tx *tx = p->first;

	while (tx != NULL && memcmp(tx->hash, hash, 32) != 0)
		tx = tx->next;
	return tx;
}

static struct tx *
find_nonce(const struct pool *p, const uint8_t signer[32], uint32_t nonce)
{
	struct tx *tx = p->first;

	while (tx != NULL && (tx->nonce != nonce || tx->state == TX_IN_BLOCK ||
				 memcmp(tx->signer, signer, 32) != 0))
		tx = tx->next;
	return tx;
}

struct tx *
pool_rival(struct pool *p, const uint8_t signer[32], uint32_t nonce)
{
	return find_nonce(p, signer, nonce);
}

uint32_t
pool_ready_run(const struct pool *p, const uint8_t signer[32], uint32_t nonce)
{
	uint32_t n = 0;
	const struct tx *tx;

	while ((tx = find_nonce(p, signer, nonce + n)) != NULL &&
	       tx->state == TX_READY)
		n++;
	return n;
}

struct tx *
pool_add(struct pool *p, struct buf *bytes, const uint8_t hash[32],
    const uint8_t signer[32], uint32_t nonce, enum tx_state state)
{
	struct tx *tx = xcalloc(1, sizeof(*tx)), **link = &p->first;

	tx->bytes = *bytes;
	*bytes = (struct buf){0};
	memcpy(tx->hash, hash, 32);
	memcpy(tx->signer, signer, 32);
	tx->nonce = nonce;
	tx->state = state;
	while (*link != NULL)
		link = &(*link)->next;
	*link = tx;
	return tx;
}

void
pool_announce(struct pool *p, struct tx *tx)
{
	p->listener(tx, tx->state == TX_FUTURE ? NEWS_FUTURE : NEWS_READY, NULL,
	    p->arg);
}

static void
set_state(struct pool *p, struct tx *tx, enum tx_state state,
    struct block *block, enum tx_news news)
{
	struct block *about = block != NULL ? block : tx->block;

	tx->state = state;
	tx->block = block;
	p->listener(tx, news, about, p->arg);
}

void
pool_set_ready(struct pool *p, struct tx *tx)
{
	set_state(p, tx, TX_READY, NULL, NEWS_READY);
}

void
pool_set_in_block(struct pool *p, struct tx *tx, struct block *block)
{
	set_state(p, tx, TX_IN_BLOCK, block, NEWS_IN_BLOCK);
}

void
pool_retract(struct pool *p, struct tx *tx)
{
	set_state(p, tx, TX_READY, NULL, NEWS_RETRACTED);
}

static void
unlink_tx(struct pool *p, struct tx *tx)
{
	struct tx **link = &p->first;

	while (*link != tx)
		link = &(*link)->next;
	*link = tx->next;
}

void
pool_remove(struct pool *p, struct tx *tx, enum tx_news news)
{
	unlink_tx(p, tx);
	p->listener(tx, news, tx->block, p->arg);
	tx_free(tx);
}

void
pool_forget(struct pool *p, struct tx *tx)
{
	unlink_tx(p, tx);
	tx_free(tx);
}

void
pool_ban(struct pool *p, const uint8_t hash[32], int64_t now_ms)
{
	struct ban *b = &p->bans[p->next_ban];

	p->next_ban = (p->next_ban + 1) % MAX_BANS;
	memcpy(b->hash, hash, 32);
	b->until_ms = now_ms + BAN_MS;
}

void
pool_unban(struct pool *p, const uint8_t hash[32])
{
	for (size_t i = 0; i < MAX_BANS; i++)
		if (memcmp(p->bans[i].hash, hash, 32) == 0)
			p->bans[i].until_ms = 0;
}

bool
pool_is_banned(const struct pool *p, const uint8_t hash[32], int64_t now_ms)
{
	for (size_t i = 0; i < MAX_BANS; i++)
		if (p->bans[i].until_ms > now_ms &&
		    memcmp(p->bans[i].hash, hash, 32) == 0)
			return true;
	return false;
}
