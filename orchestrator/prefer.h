/*
 * The header Prefer (RFC 7240), of which we know wait. Pure.
 */
#ifndef ORCHESTRATOR_PREFER_H
#define ORCHESTRATOR_PREFER_H

enum { PREFER_MAX_WAIT_S = 60 };

/* The seconds of "wait=N", at most PREFER_MAX_WAIT_S; 0 if there is none, or
 * none that makes sense, which is passed over. header may be NULL. */
int prefer_wait_s(const char *header);

#endif
