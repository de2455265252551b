/*
 * What the parts of the metadata parser share: the blob being read, the arena
 * it is read into and the first thing found wrong with it.
 *
 * Private to metadata*.c. The reader's error sticks, so the parts read on
 * without looking and metadata_parse() looks once, at the end.
 */
#ifndef SUBTENSOR_METADATA_PARSE_H
#define SUBTENSOR_METADATA_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "subtensor/metadata.h"
#include "subtensor/scale.h"

struct arena;

struct metadata_parser {
	struct scale_reader r;
	struct arena *arena;
	struct metadata *md;
	struct type *types; /* md->types while they may still change */
	const char *why;    /* a constant text; NULL: bytes ran out */
};

/* Give up, for this reason unless there is an earlier one. */
void parser_refuse(struct metadata_parser *, const char *why);

const char *parser_name(struct metadata_parser *);
void parser_skip_text(struct metadata_parser *);
void parser_skip_docs(struct metadata_parser *); /* Vec<String> */
const uint8_t *parser_bytes(struct metadata_parser *, size_t *len);
bool parser_option(struct metadata_parser *);

/* A compact u32; once the registry is read, one it has. */
uint32_t parser_type(struct metadata_parser *);

/* V16's notes on deprecated items and enums; nothing in older versions. */
void parser_skip_deprecation(struct metadata_parser *);
void parser_skip_enum_deprecation(struct metadata_parser *);

/* The parts of a blob, in its order. */
void metadata_read_registry(struct metadata_parser *);
void metadata_read_pallets(struct metadata_parser *);
void metadata_read_extrinsic(struct metadata_parser *);
void metadata_read_apis(struct metadata_parser *);

#endif
