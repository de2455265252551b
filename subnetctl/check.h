/*
 * The checks of `subnetctl doctor`. Each takes what it needs as arguments and
 * fills in one struct check; none prints.
 */
#ifndef SUBNETCTL_CHECK_H
#define SUBNETCTL_CHECK_H

#include <libpq-fe.h>
#include <stdint.h>

enum check_result { CHECK_OK, CHECK_FAIL, CHECK_SKIPPED };

struct check {
	const char *name;
	enum check_result result;
	char what[320]; /* what was found */
	char fix[320];	/* what to do, in one line; "" unless it failed */
};

/* A clock further from the chain's than this is wrong: blocks come every 12 s,
 * and signatures are refused from 60 s on. */
enum { CHECK_CLOCK_MS = 20000 };

void check_ok(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void check_skip(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The fix is set by the second call. */
void check_fail(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void check_fix(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The connection, the caller's, or NULL; conn may be NULL below. */
PGconn *check_postgres(struct check *, const char *conninfo);
void check_schema(struct check *, PGconn *conn);
void check_redis(struct check *, const char *url);

/* password_file: where a sealed one's password is said to be, or "". */
void check_key_file(
    struct check *, const char *path, const char *password_file);
void check_signer(struct check *, const char *socket_path);

/* endpoint is ws://, wss://, http:// or https://; genesis is what it should
 * be, or NULL. On success *chain_ms is the head's own time, else 0. */
void check_chain(struct check *, const char *endpoint, const char *genesis,
    int64_t *chain_ms);
void check_clock(struct check *, int64_t wall_ms, int64_t chain_ms);

/* Does public_url reach an orchestratord of this database? */
void check_public_url(
    struct check *, const char *public_url, PGconn *conn, int64_t wall_us);

#endif
