/*
 * Epistula, received: whether a request to us was signed by who it says, for
 * us, just now, with these bytes as its body, and did not come before.
 *
 * The checks, their order and their words are those of Dippy's miners, but
 * for two: time is bounded on both sides, and uuids are remembered. A request
 * may be 8 s old, which is what every sender reckons with: its way, and a try
 * again. It may be 2 s ahead: nothing travels backwards, so that is for
 * clocks alone, and clocks that are kept at all differ by less; each second
 * more is one in which a stolen request is good, and its uuid to be kept.
 *
 * Pure but for its own memory and the randomness of its key.
 */
#ifndef SUBTENSOR_EPISTULA_CHECK_H
#define SUBTENSOR_EPISTULA_CHECK_H

#include <stddef.h>
#include <stdint.h>

enum {
	EPISTULA_AHEAD_MS = 2000,
	EPISTULA_MAX_SENDERS = 1024,
	EPISTULA_MAX_USES = 4096, /* of one sender, in 10 s */
};

struct epistula_request {
	const char *authorization, *signature, *timestamp, *uuid, *signed_by,
	    *signed_for;  /* header values; NULL where absent */
	const void *body; /* as it was received */
	size_t body_len;
	const char *digest; /* 64 hex digits of its SHA-256, where the body
			       itself is not at hand; else NULL */
};

/* Check a request to `own` (ss58) at now_ms (wall). NULL if it is good, else a
 * constant text for the 401 answer. */
const char *epistula_check(
    const struct epistula_request *, const char *own, int64_t now_ms);

/*
 * The uuids of requests that could be sent again, by who signed them: no
 * sender takes the room of another. What does not fit is refused, nothing is
 * forgotten early. One process's memory: whoever shares a door with others
 * must bear a request that came to two of them.
 */
struct epistula_seen;

struct epistula_seen *epistula_seen_new(void);
void epistula_seen_free(struct epistula_seen *); /* NULL is fine */

/* Of a request that was checked, and whose sender may send: it is used now.
 * NULL; else why it is not taken, as from epistula_check. */
const char *epistula_use(struct epistula_seen *, const char *signed_by,
    const char *uuid, int64_t now_ms);

#endif
