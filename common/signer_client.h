/*
 * Asking signerd for signatures, on our loop.
 *
 * Requests are pipelined on one connection, which keeps itself up. While it
 * is down a request fails at once ("signer at PATH: Connection refused"); a
 * signature may be asked for twice without harm. Each request has a deadline;
 * a signer that misses one is taken for stalled, and the connection is made
 * anew.
 */
#ifndef COMMON_SIGNER_CLIENT_H
#define COMMON_SIGNER_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct err;
struct event_base;
struct signer_call;
struct signer_client;

enum { SIGNER_TIMEOUT_MS = 5000, SIGNER_MAX_PENDING = 16384 };

/*
 * The signature as 0x and hex (of whoami: our ss58 address), borrowed for the
 * call; or NULL and why not. Runs once, never before the function that
 * started it has returned, and may free the client.
 */
typedef void signer_cb(const char *answer, const struct err *, void *arg);

struct signer_client *signer_client_new(
    struct event_base *, const char *socket_path);
/* Pending requests are dropped without calling back. NULL is fine. */
void signer_client_free(struct signer_client *);

/* For requests made from now on. */
void signer_client_set_timeout(struct signer_client *, int64_t timeout_ms);

/* Has signerd answered on this connection? */
bool signer_client_is_up(const struct signer_client *);

/* Whose signatures they are, in ss58; "" until signerd first said. */
const char *signer_client_hotkey(const struct signer_client *);

/* Each may be cancelled until it has called back. */
struct signer_call *signer_sign_epistula(
    struct signer_client *, const char *message, signer_cb *, void *arg);
struct signer_call *signer_sign_dendrite(
    struct signer_client *, const char *message, signer_cb *, void *arg);
/* The unhashed signing payload, as extrinsic_payload() makes it, and the name
 * of its call ("set_mechanism_weights"). */
struct signer_call *signer_sign_weights(struct signer_client *,
    const char *call, const struct buf *payload, signer_cb *, void *arg);
struct signer_call *signer_sign_statement(struct signer_client *,
    const char *domain, const char *text, signer_cb *, void *arg);
struct signer_call *signer_whoami(
    struct signer_client *, signer_cb *, void *arg);

void signer_cancel(struct signer_call *);

#endif
