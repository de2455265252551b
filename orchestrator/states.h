/*
 * The life of a job and of an attempt: one table of (state, event, next)
 * each. Pure. store.c writes what these tables say, comparing first.
 */
#ifndef ORCHESTRATOR_STATES_H
#define ORCHESTRATOR_STATES_H

#include <stdbool.h>
#include <stddef.h>

enum job_state {
	JOB_QUEUED,
	JOB_ASSIGNED,
	JOB_RUNNING,
	JOB_DONE,
	JOB_FAILED,
	JOB_EXPIRED,
	JOB_CANCELLED,
	N_JOB_STATES,
};

enum job_event {
	JOB_ASSIGN,  /* attempts were prepared */
	JOB_ACCEPT,  /* a miner took it */
	JOB_REQUEUE, /* every attempt ended, and another may be made */
	JOB_FINISH,  /* enough valid results */
	JOB_GIVE_UP, /* no miner or no budget left */
	JOB_EXPIRE,  /* the deadline */
	JOB_CANCEL,  /* the client's wish */
	N_JOB_EVENTS,
};

enum attempt_state {
	ATTEMPT_PREPARED, /* drawn; its row, when it is there, says sent,
			     unless its miner has to ask for it */
	ATTEMPT_SENT,
	ATTEMPT_ACCEPTED,
	ATTEMPT_RECEIVED,
	ATTEMPT_DELIVERED,
	ATTEMPT_FAILED,
	ATTEMPT_REFUSED,
	ATTEMPT_TIMED_OUT,
	ATTEMPT_LATE,
	ATTEMPT_CANCELLED,
	ATTEMPT_ABANDONED,
	N_ATTEMPT_STATES,
};

enum attempt_event {
	ATTEMPT_SEND,	 /* the request is about to leave */
	ATTEMPT_ACCEPT,	 /* the miner acknowledged it, or was too slow to */
	ATTEMPT_REFUSE,	 /* the miner said no, or could not be reached */
	ATTEMPT_RESULT,	 /* a result's bytes are here */
	ATTEMPT_FAIL,	 /* the miner says that it failed */
	ATTEMPT_PASS,	 /* the result is what its kind asks for */
	ATTEMPT_BRING,	 /* one that is so at first sight is here */
	ATTEMPT_REJECT,	 /* it is not */
	ATTEMPT_EXPIRE,	 /* the attempt's deadline */
	ATTEMPT_DROP,	 /* the job ended without it */
	ATTEMPT_ABANDON, /* our fault: a dead instance, a lost file; or nobody
			    came for it */
	N_ATTEMPT_EVENTS,
};

/* The next state, or -1 if the event means nothing in this state. */
int job_next(enum job_state, enum job_event);
int attempt_next(enum attempt_state, enum attempt_event);

bool job_is_over(enum job_state);
bool attempt_is_over(enum attempt_state);

/* Names as in the database and the API; -1 for an unknown name. */
const char *job_state_name(enum job_state);
const char *job_event_name(enum job_event);
const char *attempt_state_name(enum attempt_state);
const char *attempt_event_name(enum attempt_event);
int job_state_parse(const char *);
int attempt_state_parse(const char *);

/* -- what a job does next ---------------------------------------------- */

struct job_facts {
	int wanted, min; /* miners */
	int retries_left;
	int open, delivered; /* attempts */
	bool is_past_deadline;
};

enum job_verdict {
	VERDICT_WAIT, /* attempts are under way */
	VERDICT_FINISH,
	VERDICT_RETRY, /* queue again */
	VERDICT_GIVE_UP,
	VERDICT_EXPIRE,
};

enum job_verdict job_settle(const struct job_facts *);

#endif
