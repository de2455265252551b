/*
 * A job's input that its client named by a URL: fetched by us, from public
 * addresses alone and without redirects (common/http_client.h), and never
 * handed through to a miner.
 */
#ifndef ORCHESTRATOR_REMOTE_INPUT_H
#define ORCHESTRATOR_REMOTE_INPUT_H

#include <stdint.h>

struct blob_writer;
struct orchestrator;
struct refusal;

enum { REMOTE_INPUT_MAX = 64 * 1024 * 1024 }; /* bytes; it is in memory */

/*
 * on_fetched is called once, later: with the file, which is the callee's, and
 * its type as the server says it, or with NULL and why. A refusal of 503 is
 * one that may be asked again: too many are being fetched.
 */
typedef void remote_input_on_fetched(
    struct blob_writer *, const char *type, const struct refusal *, void *arg);

void remote_input_fetch(struct orchestrator *, const char *url,
    int64_t max_bytes, remote_input_on_fetched *, void *arg);

#endif
