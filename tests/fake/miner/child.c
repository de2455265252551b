/* fork and exec; a child dies with us and inherits nothing but its stdio. */
#include "tests/fake/miner/child.h"

#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/xalloc.h"

struct child {
	LIST_ENTRY(child) link;
	pid_t pid; /* 0: it ended, or never ran */
	bool ok;
	struct event *timer; /* its deadline, or that its end is to be told */
	child_on_end *on_end;
	void *arg;
};

struct children {
	struct event_base *base;
	struct event *signal;
	LIST_HEAD(child_list, child) list;
};

static void
child_free(struct child *c)
{
	LIST_REMOVE(c, link);
	event_free(c->timer);
	free(c);
}

static void
ended(struct child *c, bool ok)
{
	struct timeval now = {0, 0};

	c->pid = 0;
	c->ok = ok;
	event_add(c->timer, &now);
}

static void
on_sigchld(evutil_socket_t fd, short what, void *arg)
{
	struct children *all = arg;
	struct child *c;
	int status;

	(void)fd;
	(void)what;
	LIST_FOREACH(c, &all->list, link)
	{
		if (c->pid > 0 && waitpid(c->pid, &status, WNOHANG) == c->pid)
			ended(c, WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct child *c = arg;
	child_on_end *on_end = c->on_end;
	void *end_arg = c->arg;
	bool ok = c->ok;

	(void)fd;
	(void)what;
	if (c->pid > 0) { /* SIGCHLD will tell */
		kill(c->pid, SIGKILL);
		return;
	}
	child_free(c);
	on_end(ok, end_arg);
}

static void
redirect(int to, const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(126);
	if (fd != to)
		close(fd);
}

static void
become(const char *const *argv, const char *out_path)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
	redirect(STDOUT_FILENO, out_path, O_WRONLY | O_CREAT | O_TRUNC);
	redirect(STDERR_FILENO, "/dev/null", O_WRONLY);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

struct child *
child_start(struct children *all, const char *const *argv, const char *out_path,
    int timeout_ms, child_on_end *on_end, void *arg)
{
	struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
	struct child *c = xcalloc(1, sizeof(*c));

	c->on_end = on_end;
	c->arg = arg;
	c->timer = event_new(all->base, -1, 0, on_timer, c);
	LIST_INSERT_HEAD(&all->list, c, link);
	c->pid = fork();
	if (c->pid == 0)
		become(argv, out_path);
	if (c->pid < 0)
		ended(c, false);
	else
		event_add(c->timer, &limit);
	return c;
}

void
child_cancel(struct child *c)
{
	if (c == NULL)
		return;
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	child_free(c);
}

struct children *
children_new(struct event_base *base)
{
	struct children *all = xcalloc(1, sizeof(*all));

	all->base = base;
	LIST_INIT(&all->list);
	all->signal = evsignal_new(base, SIGCHLD, on_sigchld, all);
	event_add(all->signal, NULL);
	return all;
}

void
children_free(struct children *all)
{
	if (all == NULL)
		return;
	while (!LIST_EMPTY(&all->list))
		child_cancel(LIST_FIRST(&all->list));
	event_free(all->signal);
	free(all);
}
