/*
 * The development chain's metadata as a node serves it, versions 14 and 15,
 * from the tables of meta_table.h.
 */
#ifndef DEVCHAIN_META_WRITE_H
#define DEVCHAIN_META_WRITE_H

#include "tests/fake/devchain/meta_registry.h"

/* Append the blob of a version (14 or 15), "meta" first. */
void meta_write(const struct runtime_spec *, int version, struct buf *);

/* SCALE RuntimeVersion: of Core_version and the constant System.Version. */
void meta_write_version(const struct runtime_spec *, struct buf *);

/* The id a runtime lists an API under: blake2b-64 of its name. */
void meta_api_id(const char *name, uint8_t id[8]);

#endif
