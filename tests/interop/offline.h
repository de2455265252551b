/*
 * One request of offline.c and what answers it.
 */
#ifndef INTEROP_OFFLINE_H
#define INTEROP_OFFLINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"

struct metadata;

struct state {
	struct metadata *md;
};

/* What the request says, and where its answer and refusal go. */
struct call {
	struct state *state;
	const json_t *in;
	json_t *out;
	struct err err;
};

/* Members of the request: "" and 0 where they are missing. */
const char *offline_text(const struct call *, const char *name);
uint64_t offline_number(const struct call *, const char *name);
struct buf offline_bytes(const struct call *, const char *name);
struct buf offline_hex(const char *);
/* Exactly so many; zeros, and a refusal, if there are not. */
bool offline_exact(struct call *, const char *name, uint8_t *out, size_t len);

/* Members of the answer. */
void offline_say(struct call *, const char *name, json_t *value);
void offline_say_bytes(
    struct call *, const char *name, const void *, size_t len);

/* Each answers one thing; 0, or -1 and why not. */
int offline_metadata(struct call *);
int offline_extrinsic(struct call *);
int offline_parse(struct call *);
int offline_storage_key(struct call *);
int offline_era(struct call *);
int offline_ss58(struct call *);
int offline_account(struct call *);
int offline_sign(struct call *);
int offline_epistula(struct call *);
int offline_verify(struct call *);
int offline_beacon(struct call *);
int offline_encrypt(struct call *);
int offline_decrypt(struct call *);
int offline_pulse(struct call *);
int offline_webhook(struct call *);

#endif
