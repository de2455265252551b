/*
 * GET /v1/jobs/{id}/events: what happens of a job, as server-sent events.
 *
 * The stream begins with what has happened, or behind Last-Event-ID, and ends
 * with the job's last event. Events are what the rows say (job_events.sql), and
 * ids are what was told (events.h), so that whoever loses one instance goes on
 * at another. A client that comes back when all was told has 204, which tells
 * it not to come again.
 */
#ifndef ORCHESTRATOR_V1_EVENTS_H
#define ORCHESTRATOR_V1_EVENTS_H

struct http_req;
struct orchestrator;
struct v1_streams;

/* At once: connections are few, and miners need theirs. */
enum { V1_MAX_STREAMS = 512 };

struct v1_streams *v1_streams_new(struct orchestrator *);
/* Streams end here without a word. NULL is fine. */
void v1_streams_free(struct v1_streams *);

/* We are told to stop: each ends with a comment, and its client goes on
 * elsewhere. Those that come now end at once. */
void v1_streams_drain(struct v1_streams *);

void v1_job_events(struct http_req *, void *orchestrator);

#endif
