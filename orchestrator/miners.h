/*
 * Keeping the table of miners true: it is read when there is news and every
 * few seconds; every second what was learnt is written down, we say that we
 * are there and with whom we share, and what is in flight is counted.
 */
#ifndef ORCHESTRATOR_MINERS_H
#define ORCHESTRATOR_MINERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "orchestrator/table.h"

struct kinds;
struct miners;
struct orchestrator;

struct miners *miners_new(struct orchestrator *, int64_t probe_ms);
void miners_free(struct miners *); /* NULL is fine */

/* Read the table again. */
void miners_read(struct miners *);
/* The same, and all that is done each second. */
void miners_now(struct miners *);
/* The database is there, or there again: who died with his session is out, and
 * we take part anew. */
void miners_connected(struct miners *);
/* We make no more attempts: our share is the others'. */
void miners_leave(struct miners *);

/* An attempt that this instance made, or another, has ended: what follows for
 * its miner, in memory and in PostgreSQL. instance: the row's, or "". */
void miners_ended(struct orchestrator *, const char *hotkey, const char *kind,
    const char *instance, enum miner_outcome);

/* What a miner says of each kind that we have: of those it is sent, or of
 * those it asks for. earned: slots by capacity key, or NULL. */
void miners_say(struct miner *, const struct kinds *, bool pulled,
    const json_t *capacity, const json_t *earned);

/* So long a miner that asked for work is taken to be there. */
enum { MINERS_POLL_MS = 60000 };

/* One has asked for work just now, and says that of the kinds it asks for;
 * the rows are written. */
void miners_polled(
    struct orchestrator *, const char *hotkey, const json_t *pulls);

#endif
