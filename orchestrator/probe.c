/*
 * Measuring media in child processes. The file is the child's standard input
 * and its JSON comes over a pipe; what a hostile file can reach is one
 * process that may read the one, write to the other, and end. It is given
 * nothing of our environment.
 */
#include "orchestrator/probe.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/child.h"
#include "common/log.h"
#include "common/uuid.h"
#include "common/xalloc.h"

enum { MAX_RUNNING = 2, MAX_OUTPUT = 16384, DEADLINE_MS = 30000 };

struct probe {
	struct probe *next;
	struct probes *probes;
	char id[UUID_TEXT];
	int fd;	 /* the file, until the child has it */
	int out; /* the pipe's end; -1 */
	pid_t pid;
	struct event *event, *deadline;
	struct buf text;
	void (*on_done)(enum probe_outcome, const json_t *, void *);
	void *arg;
};

struct probes {
	struct event_base *base;
	char *program;
	struct probe *waiting, **waiting_last;
	struct probe *running;
	int n_running;
	int deadline_ms;
};

static void run_waiting(struct probes *);

static void
probe_free(struct probe *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->out >= 0)
		close(p->out);
	if (p->event != NULL)
		event_free(p->event);
	if (p->deadline != NULL)
		event_free(p->deadline);
	buf_free(&p->text);
	free(p);
}

static void
unlink_running(struct probe *p)
{
	struct probe **at = &p->probes->running;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	p->probes->n_running--;
}

/* The file's fault are an exit of 1 and whatever brings a decoder down, its
 * limits of memory and processor time included. A child that could not be
 * caged (exit 2), ran into its cage or had to be killed is our own trouble:
 * that must not make all results bad. */
static bool
is_broken(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ||
		       WTERMSIG(status) == SIGKILL;
	return WEXITSTATUS(status) > 1;
}

static void
tell_broken(struct probe *p, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		log_error("probe.forbidden",
		    "id=%s program=%s why=\"it made a system call that it may "
		    "not\"",
		    p->id, p->probes->program);
	else
		log_error("probe.broken", "program=%s %s=%d",
		    p->probes->program, WIFSIGNALED(status) ? "signal" : "exit",
		    WIFSIGNALED(status) ? WTERMSIG(status)
					: WEXITSTATUS(status));
	p->on_done(PROBE_BROKEN, NULL, p->arg);
}

/* It did not come to say so itself. */
static void
tell_too_costly(struct probe *p)
{
	json_t *said = json_pack("{s:s, s:s}", "fault", "too_costly", "why",
	    "looking at it takes more processor time than a file is given");

	p->on_done(PROBE_BAD, said, p->arg);
	json_decref(said);
}

static void
tell(struct probe *p, const json_t *measured, int status)
{
	bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	if (is_broken(status))
		tell_broken(p, status);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		tell_too_costly(p);
	else if (is_good && json_is_string(json_object_get(measured, "type")))
		p->on_done(PROBE_MEASURED, measured, p->arg);
	else
		p->on_done(PROBE_BAD, measured, p->arg);
}

/* The child has closed its output, and so is ending, or has run out of time. */
static void
finish(struct probe *p)
{
	struct probes *probes = p->probes;
	json_t *measured = NULL;
	int status;

	unlink_running(p);
	status = child_reap(p->pid);
	if (WIFEXITED(status))
		measured =
		    json_loadb((char *)p->text.data, p->text.len, 0, NULL);
	if (!json_is_object(measured)) {
		json_decref(measured);
		measured = NULL;
	}
	tell(p, measured, status);
	json_decref(measured);
	probe_free(p);
	run_waiting(probes);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;

	(void)fd;
	(void)what;
	log_warn(
	    "probe.too_slow", "id=%s ms=%d", p->id, p->probes->deadline_ms);
	finish(p);
}

static void
on_output(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;
	ssize_t n;

	(void)what;
	n = read(fd, buf_reserve(&p->text, 4096), 4096);
	if (n > 0)
		p->text.len += n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || p->text.len > MAX_OUTPUT)
		finish(p);
}

static int
spawn(struct probe *p)
{
	char *argv[] = {p->probes->program, NULL}, *nothing[] = {NULL};

	p->pid = child_start(argv, nothing, p->fd, &p->out);
	if (p->pid < 0)
		return -1;
	close(p->fd);
	p->fd = -1;
	return 0;
}

static void
run(struct probe *p)
{
	int ms = p->probes->deadline_ms;
	struct timeval deadline = {ms / 1000, ms % 1000 * 1000};

	if (spawn(p) != 0) {
		log_error("probe.broken", "program=%s why=\"%s\"",
		    p->probes->program, strerror(errno));
		p->on_done(PROBE_BROKEN, NULL, p->arg);
		probe_free(p);
		return;
	}
	p->next = p->probes->running;
	p->probes->running = p;
	p->probes->n_running++;
	p->event = event_new(
	    p->probes->base, p->out, EV_READ | EV_PERSIST, on_output, p);
	event_add(p->event, NULL);
	p->deadline = evtimer_new(p->probes->base, on_deadline, p);
	event_add(p->deadline, &deadline);
}

static struct probe *
pop_waiting(struct probes *probes)
{
	struct probe *p = probes->waiting;

	probes->waiting = p->next;
	if (probes->waiting == NULL)
		probes->waiting_last = &probes->waiting;
	return p;
}

static void
run_waiting(struct probes *probes)
{
	while (probes->waiting != NULL && probes->n_running < MAX_RUNNING)
		run(pop_waiting(probes));
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	run_waiting(arg);
}

static bool
list_has(const struct probe *p, const char *id)
{
	for (; p != NULL; p = p->next) {
		if (strcmp(p->id, id) == 0)
			return true;
	}
	return false;
}

bool
probes_has(const struct probes *probes, const char *id)
{
	return list_has(probes->running, id) || list_has(probes->waiting, id);
}

void
probe_start(struct probes *probes, const char *id, int fd,
    void (*on_done)(enum probe_outcome, const json_t *, void *), void *arg)
{
	struct probe *p = xcalloc(1, sizeof(*p));
	struct timeval soon = {0, 0};

	p->probes = probes;
	snprintf(p->id, sizeof(p->id), "%s", id);
	p->fd = fd;
	p->out = -1;
	p->on_done = on_done;
	p->arg = arg;
	*probes->waiting_last = p;
	probes->waiting_last = &p->next;
	event_base_once(probes->base, -1, EV_TIMEOUT, on_turn, probes, &soon);
}

struct probes *
probes_new(struct event_base *base, const char *program)
{
	struct probes *probes = xcalloc(1, sizeof(*probes));

	probes->base = base;
	probes->program = xstrdup(program);
	probes->waiting_last = &probes->waiting;
	probes->deadline_ms = DEADLINE_MS;
	return probes;
}

bool
probes_are_busy(const struct probes *probes)
{
	return probes->waiting != NULL || probes->running != NULL;
}

void
probes_free(struct probes *probes)
{
	if (probes == NULL)
		return;
	while (probes->waiting != NULL)
		probe_free(pop_waiting(probes));
	while (probes->running != NULL) {
		struct probe *p = probes->running;

		unlink_running(p);
		child_reap(p->pid);
		probe_free(p);
	}
	free(probes->program);
	free(probes);
}
