/*
 * An extrinsic on its way: sent once, and watched until it is final. What is
 * learnt of it goes to the ledger as events of its open row.
 *
 * A node without subscriptions is only told; then blocks are searched for it.
 */
#ifndef WEIGHTSETTER_FOLLOW_H
#define WEIGHTSETTER_FOLLOW_H

#include <stdbool.h>

struct buf;
struct chain;
struct follow;
struct ledger;

struct follow *follow_new(struct chain *, struct ledger *);
void follow_free(struct follow *); /* after the chain; NULL is fine */
bool follow_is_busy(const struct follow *);

/* Send the bytes of the ledger's open row, whose hash is written down. */
void follow_start(struct follow *, const struct buf *bytes);

/* Watch no longer: its era is over. */
void follow_abandon(struct follow *);

#endif
