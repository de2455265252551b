/*
 * The signed extensions we know, and what each puts into an extrinsic and
 * into the payload that is signed. Private to this library.
 */
#ifndef SUBTENSOR_EXTENSION_H
#define SUBTENSOR_EXTENSION_H

struct err;
struct extension;
struct metadata;

enum extension_kind {
	EXTENSION_EMPTY, /* nothing in either place, known or not */
	EXTENSION_SPEC_VERSION,
	EXTENSION_TX_VERSION,
	EXTENSION_GENESIS,
	EXTENSION_ERA,
	EXTENSION_NONCE,
	EXTENSION_TIP,
	EXTENSION_METADATA_HASH,
	EXTENSION_UNKNOWN, /* not known and not empty */
};

/* One whose bytes are not what we know it by is unknown, too. */
enum extension_kind extension_kind(
    const struct metadata *, const struct extension *);

#endif
