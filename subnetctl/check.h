/*
 * What `subnetctl doctor` and `miners explain` look at, each with what was
 * found and what to do; and the checks of doctor. Each of those takes what it
 * needs as arguments and fills in one struct check; none prints.
 */
#ifndef SUBNETCTL_CHECK_H
#define SUBNETCTL_CHECK_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Warned of: it works, and something is about to go wrong, or would sooner. */
enum check_result { CHECK_OK, CHECK_WARN, CHECK_FAIL, CHECK_SKIPPED };

struct check {
	const char *name;
	enum check_result result;
	char what[320]; /* what was found */
	char fix[320];	/* what to do, in one line; "" if it is well */
};

/* A clock further from the chain's than this is wrong: blocks come every 12 s,
 * and signatures are refused from 60 s on. */
enum { CHECK_CLOCK_MS = 20000 };

void check_ok(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void check_skip(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void check_warn(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The fix is set by the next call. */
void check_fail(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void check_fix(struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A line on stdout; the same as an object, the caller's to decref. */
void check_print(const struct check *);
json_t *check_json(const struct check *);

/* The connection, the caller's, or NULL; conn may be NULL below. */
PGconn *check_postgres(struct check *, const char *conninfo);
void check_schema(struct check *, PGconn *conn);
void check_settings(struct check *, PGconn *conn);

/* Does it answer, and does it take what it is told? */
bool check_redis(struct check *, const char *url);
void check_memory(struct check *, const char *url, bool is_up);

enum { CHECK_HOTKEY = 64 };

/* What signerd says it signs for goes to hotkey, or "". */
void check_signer(
    struct check *, const char *socket_path, char hotkey[CHECK_HOTKEY]);
/* password_file: where a sealed one's password is said to be, or "". A hotkey
 * that signerd has need not be here; if it has none, hotkey gets the one of the
 * public file beside this one. */
void check_key_file(struct check *, const char *path, const char *password_file,
    char hotkey[CHECK_HOTKEY]);

/* endpoint is ws://, wss://, http:// or https://; genesis is what it should
 * be, or NULL. On success *chain_ms is the head's own time, else 0. */
void check_chain(struct check *, const char *endpoint, const char *genesis,
    int64_t *chain_ms);
void check_clock(struct check *, int64_t wall_ms, int64_t chain_ms);

struct node;
/* The head's runtime: what we must be able to sign for it. The node's metadata
 * is loaded; its url is NULL if there is no node to ask. */
void check_runtime(struct check *, struct node *, int weights_pallet);

/* May this hotkey set weights there? Of a node whose runtime is well. */
struct check_standing {
	const char *hotkey; /* "": not known */
	int netuid, mecid;
	PGconn *conn; /* for its stake; or NULL */
};
void check_standing(
    struct check *, const struct node *, const struct check_standing *);

/* Names that keys of the configuration hold, as URLs. */
struct check_name {
	const char *key, *url;
};
void check_names(struct check *, const struct check_name *, size_t n);

/* Does the kernel say that somebody sets the clock? */
void check_ntp(struct check *);

/* Room where these folders are; "" and s3:// are passed over. */
void check_disk(struct check *, const char *const *folders, size_t n);

/* Does the supervisor wait longer than we take to stop? grace_ms: what it
 * waits; below 0: nobody has said. */
void check_drain(struct check *, int64_t drain_ms, int64_t grace_ms);
/* TimeoutStopSec of orchestratord's unit below root ("" is this machine's) and
 * of what is dropped in beside it, in ms; -1: nothing says so. */
int64_t check_unit_grace_ms(const char *root);
/* A unit's text: its last TimeoutStopSec= or TimeoutSec= in ms, INT64_MAX: for
 * ever; -1: none. Pure. */
int64_t check_unit_parse(const char *text);

/* Does public_url reach an orchestratord of this database? */
void check_public_url(
    struct check *, const char *public_url, PGconn *conn, int64_t wall_us);

#endif
