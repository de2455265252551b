/*
 * Inputs to begin with: small ones of each kind, and what recorded chain data
 * has. replay.c tries them, seed.c writes them to files.
 */
#ifndef FUZZ_SEED_H
#define FUZZ_SEED_H

#include <stddef.h>
#include <stdint.h>

struct buf;

enum { SEED_MAX_BYTES = 8192 };

/* Who takes them; `fuzzer` is a target's name without its "fuzz_". */
struct seeds {
	void (*on_seed)(
	    const char *fuzzer, const uint8_t *, size_t len, void *arg);
	void *arg;
};

/* Head and data are one input; longer ones than SEED_MAX_BYTES are left out. */
void seed_put(const struct seeds *, const char *fuzzer, const void *head,
    size_t head_len, const void *data, size_t len);
/* The same: a first byte and a text, or a head and bytes. */
void seed_text(const struct seeds *, const char *fuzzer, const char *head,
    const char *text);
void seed_buf(const struct seeds *, const char *fuzzer, const void *head,
    size_t head_len, const struct buf *);
/* A first byte and each text of an array. */
void seed_each(const struct seeds *, const char *fuzzer, const char *head,
    const char *const *texts, size_t n);
#define SEED_ALL(s, fuzzer, head, texts)                                       \
	seed_each(s, fuzzer, head, texts, sizeof(texts) / sizeof(texts[0]))

/* All of them. */
void seed_all(const struct seeds *);

/* Texts: addresses, phrases, messages, requests, key files, HTTP. */
void seed_texts(const struct seeds *);
/* Values, blobs and extrinsics of our own runtimes. */
void seed_worlds(const struct seeds *);
/* Rounds of scoring and policies. */
void seed_rounds(const struct seeds *);
/* Forms, axons' answers, signed heads. */
void seed_wires(const struct seeds *);
/* Gists, commitments, captions. */
void seed_claims(const struct seeds *);
/* What the services that watch posts say. */
void seed_watch(const struct seeds *);
/* Other systems' tables. */
void seed_import(const struct seeds *);
/* What is recorded, if it is there. */
void seed_recorded(const struct seeds *);

#endif
