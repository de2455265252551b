/*
 * Blocks, headers and runtime versions as JSON-RPC shows them.
 */
#ifndef DEVCHAIN_SHOW_H
#define DEVCHAIN_SHOW_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct block;
struct buf;
struct runtime;

json_t *show_hex(const void *, size_t len); /* "0x.." */
json_t *show_buf(const struct buf *);
json_t *show_header(const struct block *);
json_t *show_block(const struct block *);
json_t *show_version(const struct runtime *);

#endif
