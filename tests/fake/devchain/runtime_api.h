/*
 * The runtime APIs: what state_call answers.
 */
#ifndef DEVCHAIN_RUNTIME_API_H
#define DEVCHAIN_RUNTIME_API_H

#include <stddef.h>

struct block;
struct buf;
struct chain;
struct err;

enum api_result { API_OK, API_NO_METHOD, API_BAD_ARGUMENTS };

/* "NeuronInfoRuntimeApi_get_neurons_lite" with SCALE arguments, at a block
 * whose storage is there; the SCALE answer is appended. */
enum api_result runtime_api_call(struct chain *, const struct block *,
    const char *method, const void *args, size_t len, struct buf *out);

#endif
