/* Programs run by tests: starting, signalling, ending. */
#include "tests/lib/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/proc_log.h"

extern char **environ;

enum { MAX_ENV = 64, NAP_US = 2000, CANNOT_EXEC = 127 };

struct proc {
	char *name;
	pid_t pid;
	bool ended;
	int status;
	struct proc_log log;
};

/* What a child inherits from our environment, by prefix. */
static const char *const kept_env[] = {"PATH=", "HOME=", "TMPDIR=", "USER=",
    "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS=", "GCOV_PREFIX",
    "CHAIN_DATA=", NULL};

void
proc_nap(void)
{
	struct timespec ts = {0, NAP_US * 1000};

	nanosleep(&ts, NULL);
}

/* -- the child ---------------------------------------------------------- */

static bool
is_kept(const char *pair)
{
	for (int i = 0; kept_env[i] != NULL; i++) {
		if (strncmp(pair, kept_env[i], strlen(kept_env[i])) == 0)
			return true;
	}
	return false;
}

static void
fill_env(const char *const *own, const char *env[MAX_ENV])
{
	size_t n = 0;

	for (; own != NULL && *own != NULL && n < MAX_ENV - 1; own++)
		env[n++] = *own;
	for (char **e = environ; *e != NULL && n < MAX_ENV - 1; e++) {
		if (is_kept(*e))
			env[n++] = *e;
	}
	env[n] = NULL;
}

static int
step_down(const struct proc_options *o)
{
	if (o->uid == 0)
		return 0;
	return setgroups(0, NULL) != 0 || setgid(o->gid) != 0 ||
		       setuid(o->uid) != 0
		   ? -1
		   : 0;
}

/* In the child: never returns. The death signal is set after the change of
 * user, which would clear it. */
static void
become(const struct proc_options *o, pid_t parent, int in, int out, int err)
{
	const char *env[MAX_ENV];
	sigset_t none;

	fill_env(o->env, env);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (step_down(o) != 0 || (o->cwd != NULL && chdir(o->cwd) != 0))
		_exit(CANNOT_EXEC);
	prctl(PR_SET_PDEATHSIG, o->death_signal ? o->death_signal : SIGKILL);
	if (getppid() != parent)
		_exit(CANNOT_EXEC);
	execvpe(o->argv[0], (char *const *)o->argv, (char *const *)env);
	dprintf(
	    STDERR_FILENO, "fatal exec %s: %s\n", o->argv[0], strerror(errno));
	_exit(CANNOT_EXEC);
}

static pid_t
launch(const struct proc_options *o, int out, int err)
{
	pid_t parent = getpid(), pid;
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become(o, parent, in, out, err);
	close(in);
	if (pid < 0)
		fprintf(stderr, "proc: cannot start %s: %s\n", o->name,
		    strerror(errno));
	return pid;
}

struct proc *
proc_start(const struct proc_options *o)
{
	struct proc *p = xcalloc(1, sizeof(*p));

	p->name = xstrdup(o->name);
	p->status = -1;
	if (proc_log_open(&p->log, o->log) != 0) {
		fprintf(stderr, "proc: cannot open %s: %s\n", o->log,
		    strerror(errno));
		goto fail;
	}
	p->pid = launch(o, p->log.fd, p->log.fd);
	if (p->pid > 0)
		return p;
fail:
	p->ended = true;
	proc_free(p);
	return NULL;
}

/* -- ending ------------------------------------------------------------- */

static int
status_of(int raw)
{
	return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

bool
proc_is_alive(struct proc *p)
{
	int raw;

	if (p->ended)
		return false;
	if (waitpid(p->pid, &raw, WNOHANG) != p->pid)
		return true;
	p->ended = true;
	p->status = status_of(raw);
	return false;
}

int
proc_wait(struct proc *p, int timeout_ms)
{
	int64_t until = clock_mono_us() +
			(timeout_ms > 0 ? timeout_ms : PROC_WAIT_MS) * 1000LL;

	while (proc_is_alive(p)) {
		if (clock_mono_us() > until)
			return -1;
		proc_nap();
	}
	return p->status;
}

void
proc_signal(struct proc *p, int signal)
{
	if (proc_is_alive(p))
		kill(p->pid, signal);
}

int
proc_kill(struct proc *p)
{
	proc_signal(p, SIGKILL);
	return proc_wait(p, 0);
}

int
proc_stop(struct proc *p)
{
	/* It may have been stopped by a test. Not after SIGTERM: a SIGCONT
	 * takes back the SIGSTOP by which the leak check at exit holds it. */
	proc_signal(p, SIGCONT);
	proc_signal(p, SIGTERM);
	if (proc_wait(p, 0) >= 0)
		return p->status;
	fprintf(stderr, "proc: %s did not stop; killing it\n", p->name);
	return proc_kill(p);
}

void
proc_free(struct proc *p)
{
	if (p == NULL)
		return;
	if (!p->ended)
		proc_kill(p);
	proc_log_clear(&p->log);
	free(p->name);
	free(p);
}

pid_t
proc_pid(const struct proc *p)
{
	return p->pid;
}

const char *
proc_name(const struct proc *p)
{
	return p->name;
}

/* -- events ------------------------------------------------------------- */

const char *
proc_find_event(struct proc *p, const char *event, const char *pairs)
{
	proc_log_read(&p->log);
	return proc_log_next(&p->log, event, pairs);
}

const char *
proc_wait_event(
    struct proc *p, const char *event, const char *pairs, int timeout_ms)
{
	int64_t until = clock_mono_us() +
			(timeout_ms > 0 ? timeout_ms : PROC_WAIT_MS) * 1000LL;

	for (;;) {
		/* Asked before reading: its last words are read, too. */
		bool alive = proc_is_alive(p);
		const char *line = proc_find_event(p, event, pairs);

		if (line != NULL)
			return line;
		if (!alive || clock_mono_us() > until)
			return NULL;
		proc_log_wait(&p->log);
	}
}

size_t
proc_count_events(struct proc *p, const char *event, const char *pairs)
{
	size_t was = p->log.cursor, n = 0;

	proc_log_read(&p->log);
	p->log.cursor = 0;
	while (proc_log_next(&p->log, event, pairs) != NULL)
		n++;
	p->log.cursor = was;
	return n;
}

void
proc_rewind(struct proc *p)
{
	p->log.cursor = 0;
}

void
proc_skip_to_now(struct proc *p)
{
	proc_log_read(&p->log);
	proc_log_skip(&p->log);
}

void
proc_show_log(struct proc *p, size_t n_lines)
{
	proc_log_read(&p->log);
	fprintf(stderr, "--- the last lines of %s:\n", p->name);
	proc_log_show(&p->log, n_lines);
}

/* -- to the end --------------------------------------------------------- */

static char *
text_of(int fd)
{
	struct buf text = {0};
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buf_reserve(&text, 65536), 65536)) > 0)
		text.len += n;
	close(fd);
	return buf_take_str(&text);
}

void
proc_run(const struct proc_options *o, int timeout_ms, struct proc_output *got)
{
	int out = memfd_create("out", MFD_CLOEXEC);
	int err = memfd_create("err", MFD_CLOEXEC);
	struct proc p = {.name = (char *)o->name, .status = -1};

	p.pid = launch(o, out, err);
	if (p.pid > 0 && proc_wait(&p, timeout_ms) < 0)
		proc_kill(&p);
	got->status = p.status;
	got->out = text_of(out);
	got->err = text_of(err);
}

void
proc_output_clear(struct proc_output *got)
{
	free(got->out);
	free(got->err);
	got->out = got->err = NULL;
}
