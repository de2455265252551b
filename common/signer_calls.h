/*
 * The requests a signer client has under way, in the order they were sent.
 *
 * Only common/signer_client.c uses this. A call is answered from its reply,
 * or failed; what failed is called back from the loop in a turn of its own,
 * so that no callback runs before its call was started.
 */
#ifndef COMMON_SIGNER_CALLS_H
#define COMMON_SIGNER_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "common/signer_client.h"

struct signer_calls;

/* on_overdue runs when the oldest sent call has passed its deadline; the call
 * stays until it is failed. */
struct signer_calls *signer_calls_new(
    struct event_base *, void (*on_overdue)(void *arg), void *arg);
/* Drops every call without calling back; may run inside a callback. */
void signer_calls_free(struct signer_calls *);

/* A new call waits for its reply from now on, or for signer_calls_fail(). */
struct signer_call *signer_calls_add(
    struct signer_calls *, int64_t timeout_ms, signer_cb *, void *arg);
int64_t signer_calls_id(const struct signer_call *);
size_t signer_calls_waiting(const struct signer_calls *);

/* The waiting call of that id; NULL if there is none (any more). */
struct signer_call *signer_calls_find(struct signer_calls *, int64_t id);

/* Call back now and forget the call. */
void signer_calls_answer(
    struct signer_call *, const char *answer, const struct err *);

/* Call back from the loop. */
void signer_calls_fail(struct signer_call *, const struct err *);
void signer_calls_fail_all(struct signer_calls *, const struct err *);

#endif
