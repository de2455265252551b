/*
 * Where a commitment says that its miner is: the first raw field, as text, is
 * "host:port", "1.2.3.4:port" or "[v6]:port".
 *
 * Pure. It is the miner's word, and only its form is judged here; whether to
 * connect there is up to whoever does.
 */
#ifndef WEIGHTSETTER_ADDRESS_H
#define WEIGHTSETTER_ADDRESS_H

#include <jansson.h>
#include <stdbool.h>

#include "weightsetter/snapshot.h"

/* Of a decoded Registration of the Commitments pallet, whatever variants its
 * Data has. 0, or -1 if it says nothing of the kind. */
int address_read(const json_t *registration, char out[SNAPSHOT_MAX_ADDRESS]);

/* A variant of Data that holds a person's own bytes: "Raw0", "BigRaw". */
bool address_is_raw(const char *variant);

#endif
