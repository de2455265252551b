/*
 * Ids of rows that are made of another system's: the same record gives the
 * same id, however often it is imported. Pure.
 */
#ifndef SUBNETCTL_IMPORT_ID_H
#define SUBNETCTL_IMPORT_ID_H

#include "common/uuid.h"

/* A UUID of version 8: BLAKE2b of the words, each ended by a NUL. b may be
 * "". */
void import_id(
    const char *what, const char *a, const char *b, char out[UUID_TEXT]);

#endif
