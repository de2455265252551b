/*
 * The gate of the API: whose key a request carries, and whether its route
 * takes that one's role.
 *
 * A key comes as "Authorization: Bearer snk_..." or "X-API-Key: snk_...",
 * never in the query, which ends up in logs. 401: no key, or no good one; 403:
 * of another role; 503: nobody can tell now.
 */
#ifndef ORCHESTRATOR_GATE_H
#define ORCHESTRATOR_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/api_key.h"

/*
 * Beside roles a route may name these: who signs his request as a hotkey
 * (Epistula), or comes with a signed URL, is not asked for a key. No principal
 * is set then, and the handler sees to the signature.
 *
 * GATE_PUBLIC: who comes without a key is let in, too, as a principal of no
 * role whose no job is, if gate_let_read was called; a key that is given is
 * judged all the same.
 */
enum { GATE_HOTKEY = 256, GATE_URL = 512, GATE_PUBLIC = 1024 };

struct gate;
struct http_req;
struct key;
struct orchestrator;

/* mode, of orchestrator.keys: "required", or "open": nobody is asked, and all
 * are operators. NULL, having said why, if it is neither. */
struct gate *gate_new(struct orchestrator *, const char *mode);
void gate_free(struct gate *); /* behind the server's end; NULL is fine */

/* Routes of GATE_PUBLIC are for everybody from now on. */
void gate_let_read(struct gate *);

/* A key was changed by us: it is read again at its next use. */
void gate_forget(struct gate *, const char *id);

/* http_server_set_gate's; arg is the orchestrator. */
void gate_ask(struct http_req *, void *orchestrator);

/*
 * Whether a request that was admitted, and lasts, would be so now, as far as
 * its key is known here; what is known is read again for the next time, if it
 * is not fresh. Ask every few seconds. If not, that is counted and logged.
 */
bool gate_admits_still(struct orchestrator *, const struct http_req *);

/* -- the parts that decide; pure ---------------------------------------- */

enum gate_verdict {
	GATE_ADMITTED,
	GATE_MISSING,	/* no key was given */
	GATE_MALFORMED, /* what was given is none */
	GATE_UNKNOWN,	/* there is no such key */
	GATE_SECRET,	/* its secret is another */
	GATE_REVOKED,
	GATE_EXPIRED,
	GATE_ROLE, /* the route is for others */
	GATE_AWAY, /* PostgreSQL is, and it is not known */
	N_GATE_VERDICTS,
};

/* The key in these headers, NULL: absent. GATE_ADMITTED: it may be one. */
enum gate_verdict gate_read(
    const char *authorization, const char *x_api_key, struct api_key *);

enum gate_verdict gate_judge(
    const struct key *, const char *secret, unsigned roles, int64_t now_us);

/* "operator or admin". */
void gate_name_roles(unsigned roles, char *out, size_t size);

#endif
