/*
 * What openai_call.c, openai_call_place.c and openai_call_end.c share: a
 * request at the OpenAI door and the jobs it waits for.
 */
#ifndef ORCHESTRATOR_OPENAI_CALL_IMPL_H
#define ORCHESTRATOR_OPENAI_CALL_IMPL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "orchestrator/openai_call.h"
#include "orchestrator/refusal.h"
#include "orchestrator/states.h"

struct event;
struct watch;

/* One of its jobs. */
struct leg {
	struct openai_call *call;
	struct openai_result result;
	json_t *json; /* the job asked for */
	struct watch *watch;
	enum job_state state;
	bool is_over;
	bool is_lost; /* what it came to could not be read */
	int fd;	      /* of its file, while nobody has taken it; or -1 */
	uint64_t bytes;
};

struct openai_call {
	LIST_ENTRY(openai_call) link;
	struct orchestrator *o;
	struct http_req *req;
	struct leg legs[OPENAI_MAX_JOBS];
	size_t n;
	size_t placed;	  /* of them, or refused */
	unsigned ordered; /* in all, by orders before this one */
	bool has_file, has_size;
	size_t busy; /* answers that we wait for, of order or the store */
	bool is_gone;
	struct refusal refusal; /* status 0: none */
	int64_t deadline_us;	/* wall, the latest of its jobs' */
	struct event *timer;
	const json_t *table;
	const char *file_field;
	struct buf ids;
	enum blob_outcome opened; /* the worst of what the files came to */
	openai_call_on_done *on_done, *on_open;
	void (*free_arg)(void *);
	void *arg;
};

/* Nobody reads the answer, but the request must have one. Frees the call. */
void openai_call_drop(struct openai_call *);
void openai_call_clear(struct openai_call *); /* of its jobs */

/* Sent again, it is answered by the same jobs. */
bool openai_call_is_named(const struct openai_call *);
/* Whose jobs its client sees; NULL: anybody's. */
const char *openai_call_sees(const struct openai_call *);

/* All are placed: until they are over. */
void openai_call_wait(struct openai_call *);

#endif
