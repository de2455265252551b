/*
 * Speech in another form, by child processes. The WAV is the child's standard
 * input; its end is heard as that of a pipe, which is its standard output.
 */
#include "orchestrator/convert.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/converted.h"

#define FOLDERS "/tmp/subnetd-convert."
enum { MAX_RUNNING = 2, DEADLINE_MS = 60000, OLD_S = 3600 };

struct convert {
	struct convert *next;
	struct converts *all;
	int fd;	 /* the WAV, until the child has it */
	int out; /* the pipe's end; -1 */
	pid_t pid;
	char dir[32], path[48]; /* "": there is none yet */
	char format[8], speed[16];
	struct event *event, *deadline;
	bool is_late;
	convert_on_done *on_done;
	void *arg;
};

struct converts {
	struct event_base *base;
	char *program;
	struct convert *waiting, *running;
	struct event *turn;
	int n_running;
	int deadline_ms;
};

/* -- life ----------------------------------------------------------------- */

static void
unlink_from(struct convert **list, const struct convert *c)
{
	while (*list != NULL && *list != c)
		list = &(*list)->next;
	if (*list != NULL)
		*list = c->next;
}

static void
remove_folder(const struct convert *c)
{
	if (c->dir[0] == '\0')
		return;
	unlink(c->path);
	rmdir(c->dir);
}

static void
convert_free(struct convert *c)
{
	remove_folder(c);
	if (c->fd >= 0)
		close(c->fd);
	if (c->out >= 0)
		close(c->out);
	if (c->event != NULL)
		event_free(c->event);
	if (c->deadline != NULL)
		event_free(c->deadline);
	free(c);
}

static int
reap(struct convert *c)
{
	int status = child_reap(c->pid);

	c->pid = 0;
	c->all->n_running--;
	unlink_from(&c->all->running, c);
	return status;
}

/* -- the end --------------------------------------------------------------- */

static enum convert_outcome
outcome_of(const struct convert *c, int status)
{
	if (c->is_late)
		return CONVERT_LATE;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGXCPU ? CONVERT_LATE : CONVERT_BAD;
	if (WEXITSTATUS(status) == 0)
		return CONVERT_DONE;
	return WEXITSTATUS(status) == CONVERTED_NO_CAGE ||
		       WEXITSTATUS(status) == CONVERTED_NO_FFMPEG
		   ? CONVERT_BROKEN
		   : CONVERT_BAD;
}

/* A file of nothing is none. */
static int
open_made(const struct convert *c, uint64_t *bytes)
{
	int fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > 0) {
		*bytes = st.st_size;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
tell(struct convert *c, enum convert_outcome outcome, int status)
{
	uint64_t bytes = 0;
	int fd = -1;

	if (outcome == CONVERT_DONE && (fd = open_made(c, &bytes)) < 0)
		outcome = CONVERT_BAD;
	if (outcome == CONVERT_BROKEN)
		log_error("convert.broken", "program=%s status=%d",
		    c->all->program, status);
	else if (outcome != CONVERT_DONE)
		log_warn("convert.failed", "format=%s late=%s status=%d",
		    c->format, outcome == CONVERT_LATE ? "yes" : "no", status);
	remove_folder(c);
	c->dir[0] = '\0';
	c->on_done(outcome, fd, bytes, c->arg);
}

static void
run_next(struct converts *all)
{
	event_active(all->turn, EV_TIMEOUT, 1);
}

static void
finish(struct convert *c)
{
	struct converts *all = c->all;
	int status = reap(c);

	tell(c, outcome_of(c, status), status);
	convert_free(c);
	run_next(all);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct convert *c = arg;

	(void)fd;
	(void)what;
	c->is_late = true;
	finish(c);
}

/* It has nothing to say: its end is what we wait for. */
static void
on_output(evutil_socket_t fd, short what, void *arg)
{
	char bytes[512];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)what;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		finish(arg);
}

/* -- the beginning --------------------------------------------------------- */

static int
make_folder(struct convert *c)
{
	snprintf(c->dir, sizeof(c->dir), FOLDERS "XXXXXX");
	if (mkdtemp(c->dir) == NULL) {
		c->dir[0] = '\0';
		return -1;
	}
	snprintf(c->path, sizeof(c->path), "%s/%s", c->dir, CONVERTED_NAME);
	return 0;
}

static int
spawn(struct convert *c)
{
	char *argv[] = {c->all->program, c->format, c->speed, c->dir, NULL};
	char *env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};

	if (make_folder(c) != 0)
		return -1;
	c->pid = child_start(argv, env, c->fd, &c->out);
	if (c->pid < 0)
		return -1;
	close(c->fd);
	c->fd = -1;
	return 0;
}

static void
run(struct convert *c)
{
	int ms = c->all->deadline_ms;
	struct timeval deadline = {ms / 1000, ms % 1000 * 1000};

	if (spawn(c) != 0) {
		tell(c, CONVERT_BROKEN, errno);
		convert_free(c);
		return;
	}
	c->next = c->all->running;
	c->all->running = c;
	c->all->n_running++;
	c->event =
	    event_new(c->all->base, c->out, EV_READ | EV_PERSIST, on_output, c);
	event_add(c->event, NULL);
	c->deadline = evtimer_new(c->all->base, on_deadline, c);
	event_add(c->deadline, &deadline);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct converts *all = arg;

	(void)fd;
	(void)what;
	while (all->waiting != NULL && all->n_running < MAX_RUNNING) {
		struct convert *c = all->waiting;

		all->waiting = c->next;
		run(c);
	}
}

void
convert_start(struct converts *all, int fd, const char *format, double speed,
    convert_on_done *on_done, void *arg)
{
	struct convert *c = xcalloc(1, sizeof(*c)), **last = &all->waiting;

	c->all = all;
	c->fd = fd;
	c->out = -1;
	snprintf(c->format, sizeof(c->format), "%s", format);
	snprintf(c->speed, sizeof(c->speed), "%.4f", speed);
	c->on_done = on_done;
	c->arg = arg;
	while (*last != NULL)
		last = &(*last)->next;
	*last = c;
	run_next(all);
}

/* -- all ------------------------------------------------------------------- */

/* What a process that was killed has left: older than any that is needed. */
static void
remove_old_folders(int64_t now_s)
{
	glob_t found;
	struct stat st;

	if (glob(FOLDERS "??????", GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *path =
		    xasprintf("%s/%s", found.gl_pathv[i], CONVERTED_NAME);

		if (lstat(found.gl_pathv[i], &st) == 0 && S_ISDIR(st.st_mode) &&
		    st.st_uid == geteuid() && now_s - st.st_mtime > OLD_S) {
			unlink(path);
			rmdir(found.gl_pathv[i]);
		}
		free(path);
	}
	globfree(&found);
}

static void
cancel(struct convert *c)
{
	if (c->pid > 0)
		reap(c);
	else
		unlink_from(&c->all->waiting, c);
	convert_free(c);
}

struct converts *
converts_new(struct event_base *base, const char *program)
{
	struct converts *all = xcalloc(1, sizeof(*all));

	all->base = base;
	all->program = xstrdup(program);
	all->deadline_ms = DEADLINE_MS;
	remove_old_folders(clock_wall_us() / 1000000);
	all->turn = evtimer_new(base, on_turn, all);
	return all;
}

void
converts_free(struct converts *all)
{
	if (all == NULL)
		return;
	while (all->waiting != NULL)
		cancel(all->waiting);
	while (all->running != NULL)
		cancel(all->running);
	event_free(all->turn);
	free(all->program);
	free(all);
}
