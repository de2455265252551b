/*
 * An answer that waits for its job: `Prefer: wait=N` (RFC 7240). Nothing of
 * the job hangs on it: when it has ended, the time is up, its client is gone
 * or we are told to stop, the answer is the job as its row says it is.
 */
#ifndef ORCHESTRATOR_V1_WAIT_H
#define ORCHESTRATOR_V1_WAIT_H

#include <stdbool.h>
#include <sys/queue.h>

struct http_req;
struct orchestrator;
struct v1_waiter;

/* At once: the next are answered as if nothing was preferred. */
enum { V1_MAX_WAITERS = 256 };

struct v1_waiters {
	LIST_HEAD(, v1_waiter) list;
	int n;
};

/*
 * wait_s, of prefer.h, may be 0; the header Preference-Applied says that there
 * was a wait, or need of none. is_new: it was just ordered, so that the answer
 * is 202 for as long as it has not ended.
 */
void v1_wait(struct orchestrator *, struct http_req *, const char *job_id,
    int wait_s, bool is_new);

void v1_wait_drain(struct orchestrator *); /* all are answered now */
void v1_wait_drop(struct orchestrator *);  /* at the end: without an answer */

#endif
