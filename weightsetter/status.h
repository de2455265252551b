/*
 * What a node says of a transaction it watches, as an event of the ledger.
 *
 * Pure.
 */
#ifndef WEIGHTSETTER_STATUS_H
#define WEIGHTSETTER_STATUS_H

#include <jansson.h>

#include "weightsetter/ledger.h"

/*
 * The event of a status of author_extrinsicUpdate; -1 if it says nothing to
 * us. Where it names a block, its hash is copied, else hash is "".
 */
int status_event(const json_t *status, char hash[SNAPSHOT_HASH]);

#endif
