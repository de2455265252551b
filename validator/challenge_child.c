/*
 * The child leads a process group, so that it can be killed with whatever it
 * runs. It keeps none of our descriptors but its end of the pipe, and touches
 * nothing of ours: the loop and the connections are ours alone.
 */
#include "validator/challenge_child.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"

/* A sanitized program (ours are among those run) needs more memory than any
 * limit would leave it. */
#if defined(__SANITIZE_ADDRESS__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

enum {
	MAX_ANSWER = 1 << 20,
	MAX_OUTPUT = 1 << 16, /* of a program */
	NICE = 10,
	CPU_S = 120, /* of one program */
	PIPE = 3,    /* the child's end */
};

/* Bytes of memory and of one file, of one program. */
static const rlim_t max_memory = 2ULL << 30, max_file = 1ULL << 30;

extern char **environ;

struct challenge_child {
	pid_t pid;
	int out;
	char *folder;
	struct buf text;
	struct event *event, *deadline;
	challenge_child_on_done *on_done;
	void *arg;
};

/* -- in the child --------------------------------------------------------- */

static void
write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(EXIT_FAILURE);
		text += n;
		len -= n;
	}
}

static void
answer_with(const json_t *result, const struct err *err)
{
	json_t *answer = json_object();
	char *text;

	if (result != NULL)
		json_object_set(answer, "result", (json_t *)result);
	else
		json_object_set_new(answer, "why", json_string(err->text));
	text = json_dumps(answer, JSON_COMPACT);
	if (text != NULL)
		write_all(PIPE, text, strlen(text));
	_exit(text != NULL ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void
be_child(
    challenge_child_work *work, const void *order, const char *folder, int out)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};
	struct err err = {""};
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int s = 1; s < NSIG; s++)
		sigaction(s, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(out, PIPE) < 0 || close_range(PIPE + 1, ~0U, 0) != 0)
		_exit(EXIT_FAILURE);
	fcntl(PIPE, F_SETFD, FD_CLOEXEC);
	setpriority(PRIO_PROCESS, 0, NICE);
	answer_with(work(order, folder, &err), &err);
}

/* -- programs ------------------------------------------------------------- */

static void
limit(int what, rlim_t most)
{
	struct rlimit l = {most, most};

	if (setrlimit(what, &l) != 0)
		_exit(126);
}

static void
be_program(const char *const *argv, int input, int output)
{
	int nothing = open("/dev/null", O_RDWR);

	limit(RLIMIT_CPU, CPU_S);
	if (!IS_SANITIZED)
		limit(RLIMIT_AS, max_memory);
	limit(RLIMIT_FSIZE, max_file);
	limit(RLIMIT_CORE, 0);
	if (nothing < 0 || dup2(input >= 0 ? input : nothing, 0) < 0 ||
	    dup2(output >= 0 ? output : nothing, 1) < 0 ||
	    dup2(nothing, 2) < 0 || close_range(3, ~0U, 0) != 0)
		_exit(126);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

/* Past its limit it finds the pipe closed. */
static void
read_output(int fd, struct buf *output)
{
	while (output->len < MAX_OUTPUT) {
		ssize_t n = read(fd, buf_reserve(output, 4096), 4096);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		output->len += n;
	}
}

int
challenge_child_run(
    const char *const *argv, int input, struct buf *output, struct err *err)
{
	int ends[2] = {-1, -1}, status;
	pid_t pid;

	if (output != NULL && pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, "no pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		be_program(argv, input, ends[1]);
	if (ends[1] >= 0)
		close(ends[1]);
	if (pid > 0 && output != NULL)
		read_output(ends[0], output);
	if (ends[0] >= 0)
		close(ends[0]);
	if (pid < 0)
		return err_set(err, "cannot fork: %s", strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFSIGNALED(status))
		return err_set(err, "%s was ended by signal %d", argv[0],
		    WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, "%s ended with status %d", argv[0],
		    WEXITSTATUS(status));
	return 0;
}

int
challenge_child_finds(const char *program)
{
	const char *path = getenv("PATH");
	char *list = xstrdup(path != NULL ? path : "/usr/bin:/bin");
	char *rest = list, *folder;
	int found = 0;

	while (!found && (folder = strsep(&rest, ":")) != NULL) {
		char *file = xasprintf("%s/%s", folder, program);

		found = access(file, X_OK) == 0;
		free(file);
	}
	free(list);
	return found;
}

/* -- its folder ----------------------------------------------------------- */

static char *
make_folder(struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/subnetd-challenge.XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");

	if (mkdtemp(path) != NULL)
		return path;
	err_set(err, "cannot make %s: %s", path, strerror(errno));
	free(path);
	return NULL;
}

static void
remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

/* -- ours ----------------------------------------------------------------- */

static void
child_free(struct challenge_child *c)
{
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL); /* it may not lead its group yet */
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	/* In a container we are the first process: what it ran is ours now. */
	while (waitpid(-c->pid, NULL, 0) > 0 || errno == EINTR)
		continue;
	remove_folder(c->folder);
	event_free(c->event);
	event_free(c->deadline);
	close(c->out);
	free(c->folder);
	buf_free(&c->text);
	free(c);
}

static void
finish(struct challenge_child *c, const char *otherwise)
{
	challenge_child_on_done *on_done = c->on_done;
	void *arg = c->arg;
	json_t *answer = json_loadb((char *)c->text.data, c->text.len, 0, NULL);
	const json_t *result = json_object_get(answer, "result");
	const char *why = json_string_value(json_object_get(answer, "why"));

	child_free(c);
	on_done(result, why != NULL ? why : otherwise, arg);
	json_decref(answer);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	finish(arg, "it took too long");
}

static void
on_output(evutil_socket_t fd, short what, void *arg)
{
	struct challenge_child *c = arg;
	ssize_t n;

	(void)what;
	n = read(fd, buf_reserve(&c->text, 4096), 4096);
	if (n > 0)
		c->text.len += n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || c->text.len > MAX_ANSWER)
		finish(c, "it ended without a word");
}

struct challenge_child *
challenge_child_start(struct event_base *base, challenge_child_work *work,
    const void *order, int deadline_ms, challenge_child_on_done *on_done,
    void *arg, struct err *err)
{
	struct timeval deadline = {
	    deadline_ms / 1000, deadline_ms % 1000 * 1000};
	struct challenge_child *c;
	char *folder = make_folder(err);
	int ends[2];
	pid_t pid;

	if (folder == NULL)
		return NULL;
	if (pipe2(ends, O_CLOEXEC) != 0)
		goto fail;
	pid = fork();
	if (pid == 0)
		be_child(work, order, folder, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		goto fail;
	}
	c = xcalloc(1, sizeof(*c));
	*c = (struct challenge_child){.pid = pid,
	    .out = ends[0],
	    .folder = folder,
	    .on_done = on_done,
	    .arg = arg};
	evutil_make_socket_nonblocking(c->out);
	c->event = event_new(base, c->out, EV_READ | EV_PERSIST, on_output, c);
	event_add(c->event, NULL);
	c->deadline = evtimer_new(base, on_deadline, c);
	event_add(c->deadline, &deadline);
	return c;
fail:
	err_set(err, "no child: %s", strerror(errno));
	remove_folder(folder);
	free(folder);
	return NULL;
}

void
challenge_child_cancel(struct challenge_child *c)
{
	if (c != NULL)
		child_free(c);
}
