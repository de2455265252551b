/*
 * The small runtime of world.c, written out: what metadata_parse() would
 * make of its blob.
 */
#ifndef FUZZ_WORLD_TABLES_H
#define FUZZ_WORLD_TABLES_H

#include "subtensor/metadata.h"

/* Its types, pallets and methods; without extensions and versions. */
extern const struct metadata world_tables;

/* The extensions it may have. */
enum { WORLD_EXTENSIONS = 10 };
extern const struct extension world_extensions[WORLD_EXTENSIONS];

/* An extension of a name we know, of other types; and one unknown. */
extern const struct extension world_strange[3];

#endif
