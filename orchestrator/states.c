/* The life of a job and of an attempt, as two tables. */
#include "orchestrator/states.h"

#include <string.h>

static const char *const job_states[N_JOB_STATES] = {
    "queued", "assigned", "running", "done", "failed", "expired", "cancelled"};

static const char *const job_events[N_JOB_EVENTS] = {
    "assign", "accept", "requeue", "finish", "give_up", "expire", "cancel"};

static const char *const attempt_states[N_ATTEMPT_STATES] = {"prepared", "sent",
    "accepted", "received", "delivered", "failed", "refused", "timed_out",
    "late", "cancelled", "abandoned"};

static const char *const attempt_events[N_ATTEMPT_EVENTS] = {"send", "accept",
    "refuse", "result", "fail", "pass", "bring", "reject", "expire", "drop",
    "abandon"};

static const struct {
	enum job_state state;
	enum job_event event;
	enum job_state next;
} job_table[] = {
    {JOB_QUEUED, JOB_ASSIGN, JOB_ASSIGNED},
    {JOB_QUEUED, JOB_GIVE_UP, JOB_FAILED},
    {JOB_QUEUED, JOB_EXPIRE, JOB_EXPIRED},
    {JOB_QUEUED, JOB_CANCEL, JOB_CANCELLED},
    {JOB_QUEUED, JOB_FINISH, JOB_DONE},
    {JOB_ASSIGNED, JOB_ACCEPT, JOB_RUNNING},
    {JOB_ASSIGNED, JOB_REQUEUE, JOB_QUEUED},
    {JOB_ASSIGNED, JOB_FINISH, JOB_DONE},
    {JOB_ASSIGNED, JOB_GIVE_UP, JOB_FAILED},
    {JOB_ASSIGNED, JOB_EXPIRE, JOB_EXPIRED},
    {JOB_ASSIGNED, JOB_CANCEL, JOB_CANCELLED},
    {JOB_RUNNING, JOB_REQUEUE, JOB_QUEUED},
    {JOB_RUNNING, JOB_FINISH, JOB_DONE},
    {JOB_RUNNING, JOB_GIVE_UP, JOB_FAILED},
    {JOB_RUNNING, JOB_EXPIRE, JOB_EXPIRED},
    {JOB_RUNNING, JOB_CANCEL, JOB_CANCELLED},
};

static const struct {
	enum attempt_state state;
	enum attempt_event event;
	enum attempt_state next;
} attempt_table[] = {
    {ATTEMPT_PREPARED, ATTEMPT_SEND, ATTEMPT_SENT},
    {ATTEMPT_PREPARED, ATTEMPT_DROP, ATTEMPT_CANCELLED},
    {ATTEMPT_PREPARED, ATTEMPT_ABANDON, ATTEMPT_ABANDONED},
    {ATTEMPT_SENT, ATTEMPT_ACCEPT, ATTEMPT_ACCEPTED},
    {ATTEMPT_SENT, ATTEMPT_REFUSE, ATTEMPT_REFUSED},
    {ATTEMPT_SENT, ATTEMPT_RESULT, ATTEMPT_RECEIVED},
    {ATTEMPT_SENT, ATTEMPT_BRING, ATTEMPT_DELIVERED},
    {ATTEMPT_SENT, ATTEMPT_FAIL, ATTEMPT_FAILED},
    {ATTEMPT_SENT, ATTEMPT_DROP, ATTEMPT_CANCELLED},
    {ATTEMPT_SENT, ATTEMPT_ABANDON, ATTEMPT_ABANDONED},
    {ATTEMPT_ACCEPTED, ATTEMPT_RESULT, ATTEMPT_RECEIVED},
    {ATTEMPT_ACCEPTED, ATTEMPT_BRING, ATTEMPT_DELIVERED},
    {ATTEMPT_ACCEPTED, ATTEMPT_FAIL, ATTEMPT_FAILED},
    {ATTEMPT_ACCEPTED, ATTEMPT_EXPIRE, ATTEMPT_TIMED_OUT},
    {ATTEMPT_ACCEPTED, ATTEMPT_DROP, ATTEMPT_CANCELLED},
    {ATTEMPT_ACCEPTED, ATTEMPT_ABANDON, ATTEMPT_ABANDONED},
    {ATTEMPT_RECEIVED, ATTEMPT_PASS, ATTEMPT_DELIVERED},
    {ATTEMPT_RECEIVED, ATTEMPT_REJECT, ATTEMPT_FAILED},
    {ATTEMPT_RECEIVED, ATTEMPT_DROP, ATTEMPT_CANCELLED},
    {ATTEMPT_RECEIVED, ATTEMPT_ABANDON, ATTEMPT_ABANDONED},
    {ATTEMPT_TIMED_OUT, ATTEMPT_RESULT, ATTEMPT_LATE},
};

int
job_next(enum job_state state, enum job_event event)
{
	for (size_t i = 0; i < sizeof(job_table) / sizeof(job_table[0]); i++) {
		if (job_table[i].state == state && job_table[i].event == event)
			return job_table[i].next;
	}
	return -1;
}

int
attempt_next(enum attempt_state state, enum attempt_event event)
{
	size_t n = sizeof(attempt_table) / sizeof(attempt_table[0]);

	for (size_t i = 0; i < n; i++) {
		if (attempt_table[i].state == state &&
		    attempt_table[i].event == event)
			return attempt_table[i].next;
	}
	return -1;
}

bool
job_is_over(enum job_state state)
{
	return state >= JOB_DONE;
}

bool
attempt_is_over(enum attempt_state state)
{
	return state >= ATTEMPT_DELIVERED;
}

const char *
job_state_name(enum job_state state)
{
	return job_states[state];
}

const char *
job_event_name(enum job_event event)
{
	return job_events[event];
}

const char *
attempt_state_name(enum attempt_state state)
{
	return attempt_states[state];
}

const char *
attempt_event_name(enum attempt_event event)
{
	return attempt_events[event];
}

static int
find_name(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

int
job_state_parse(const char *name)
{
	return find_name(job_states, N_JOB_STATES, name);
}

int
attempt_state_parse(const char *name)
{
	return find_name(attempt_states, N_ATTEMPT_STATES, name);
}

enum job_verdict
job_settle(const struct job_facts *f)
{
	if (f->delivered >= f->wanted)
		return VERDICT_FINISH;
	if (f->is_past_deadline)
		return f->delivered >= f->min ? VERDICT_FINISH : VERDICT_EXPIRE;
	if (f->open > 0)
		return VERDICT_WAIT;
	if (f->retries_left > 0)
		return VERDICT_RETRY;
	return f->delivered >= f->min ? VERDICT_FINISH : VERDICT_GIVE_UP;
}
