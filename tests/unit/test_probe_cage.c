/*
 * The cage: what a child in it may do, what it dies of, and what is then told.
 * The children are this program, started with what they are to try.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "orchestrator/probe.c"
#include "orchestrator/probed_cage.c"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"

enum { DEADLINE = 20000 };

/* -- what children try ---------------------------------------------------- */

static int
try_nothing(void)
{
	return 0;
}

static int
try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
try_socketpair(void)
{
	int ends[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int
try_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int
try_creat(void)
{
	return syscall(SYS_creat, "/tmp/never", 0600);
}

static int
try_stat(void)
{
	char bytes[512];

	return syscall(
	    SYS_newfstatat, AT_FDCWD, "/etc/passwd", (void *)bytes, 0);
}

static int
try_exec(void)
{
	char *argv[] = {"/bin/true", NULL};

	return execv(argv[0], argv);
}

static int
try_fork(void)
{
	return fork();
}

static int
try_kill(void)
{
	return kill(getppid(), 0);
}

static int
try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int
try_dup(void)
{
	return dup(0);
}

static int
try_read_else(void)
{
	char c;

	return read(STDERR_FILENO, &c, 1);
}

static int
try_write_else(void)
{
	return write(STDERR_FILENO, "x", 1);
}

static int
try_run_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int
try_make_memory_run(void)
{
	static char page[8192] __attribute__((aligned(4096)));

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int
try_map_file(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0) ==
	       MAP_FAILED;
}

static int
try_raise_limit(void)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_AS, &r);
}

static int
try_abort(void)
{
	abort();
}

static int
try_spin(void)
{
	volatile int n = 0;

	while (n >= 0)
		n = (n + 1) % 1000;
	return n;
}

static int
try_much_memory(void)
{
	return mmap(NULL, 2ul << 30, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
		   ? 0
		   : 1;
}

/* What is there to be done in it. */
static int
try_work(void)
{
	char c;

	if (pread(0, &c, 1, 0) != 1 || c != 'x' || lseek(0, 0, SEEK_END) != 1)
		return 1;
	for (size_t len = 1; len < 64 << 20; len *= 2) {
		char *p = malloc(len);

		if (p == NULL)
			return 1;
		memset(p, 1, len);
		free(p);
	}
	return 0;
}

static const struct {
	const char *what;
	int (*try)(void);
	int signal; /* 0: it lives */
} tries[] = {
    {"nothing", try_nothing, 0},
    {"its work", try_work, 0},
    {"a socket", try_socket, SIGSYS},
    {"two sockets", try_socketpair, SIGSYS},
    {"to open a file", try_open, SIGSYS},
    {"to make a file", try_creat, SIGSYS},
    {"to see whether there is a file", try_stat, SIGSYS},
    {"another program", try_exec, SIGSYS},
    {"a child", try_fork, SIGSYS},
    {"a signal", try_kill, SIGSYS},
    {"to be traced", try_ptrace, SIGSYS},
    {"another descriptor", try_dup, SIGSYS},
    {"to read something else", try_read_else, SIGSYS},
    {"to write elsewhere", try_write_else, SIGSYS},
    {"memory to run", try_run_memory, SIGSYS},
    {"to run its memory", try_make_memory_run, SIGSYS},
    {"to map its file", try_map_file, SIGSYS},
    {"a higher limit", try_raise_limit, SIGSYS},
    {"to end badly", try_abort, SIGABRT},
    {"more memory than there is", try_much_memory, 0},
};

enum { N_TRIES = sizeof(tries) / sizeof(tries[0]) };

static const char said[] = "{\"type\":\"a/b\"}";

/* The program's other life: in the cage, it tries one thing. */
static int
live_in_cage(const char *number)
{
	int i = atoi(number);
	int (*try)(void) = i >= 0 && i < N_TRIES ? tries[i].
	try : try_spin
		;

	if (probed_cage(65536) != 0)
		return 2;
	if (try() == 0 && write(STDOUT_FILENO, said, strlen(said)) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

/* -- one by one ----------------------------------------------------------- */

/* Of a child that tries that, with one byte to read. */
static pid_t
start(int number, int *out)
{
	char *self = realpath("/proc/self/exe", NULL), text[16];
	int ends[2];
	pid_t pid;
	FILE *file = tmpfile();

	assert_non_null(file);
	fputc('x', file);
	fflush(file);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	snprintf(text, sizeof(text), "%d", number);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(file), STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		execl(self, self, "--cage", text, NULL);
		_exit(99);
	}
	free(self);
	fclose(file);
	close(ends[1]);
	*out = ends[0];
	return pid;
}

static void
each_forbidden_call_is_the_last(void **state)
{
	(void)state;
	if (IS_SANITIZED)
		skip();
	for (int i = 0; i < N_TRIES; i++) {
		int out, status;
		pid_t pid = start(i, &out);
		char got[64] = "";

		assert_true(read(out, got, sizeof(got) - 1) >= 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		close(out);
		if (tries[i].signal != 0
			? !WIFSIGNALED(status) ||
			      WTERMSIG(status) != tries[i].signal
			: status != 0)
			fail_msg("%s: status %x", tries[i].what, status);
		/* Those that were let live did what they tried. */
		assert_string_equal(got, tries[i].signal == 0 ? said : "");
	}
}

static long
status_of(pid_t pid, const char *line)
{
	char path[64], text[256];
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(text, sizeof(text), f) != NULL) {
		if (strncmp(text, line, strlen(line)) == 0)
			value = strtol(text + strlen(line), NULL, 10);
	}
	fclose(f);
	return value;
}

/* Until it is in its cage. */
static void
await_cage(pid_t pid)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	while (status_of(pid, "Seccomp:") != SECCOMP_MODE_FILTER) {
		if (clock_mono_us() > until_us)
			fail_msg("child %d is not caged", (int)pid);
		proc_nap();
	}
}

static void
whose_time_is_up_dies_of_that(void **state)
{
	int out, status;
	pid_t pid;
	struct rlimit brief = {1, 10};
	char c;

	(void)state;
	if (IS_SANITIZED)
		skip();
	pid = start(N_TRIES, &out);
	/* Shorter, once it is in: a test does not take 15 s. */
	await_cage(pid);
	assert_int_equal(prlimit(pid, RLIMIT_CPU, &brief, NULL), 0);
	assert_int_equal(read(out, &c, 1), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
	close(out);
}

static unsigned long
limit_of(pid_t pid, int resource)
{
	struct rlimit r;

	assert_int_equal(prlimit(pid, resource, NULL, &r), 0);
	return r.rlim_cur;
}

static void
it_has_next_to_nothing(void **state)
{
	int out, status;
	struct rlimit cpu;
	pid_t pid;

	(void)state;
	if (IS_SANITIZED)
		skip();
	pid = start(N_TRIES, &out);
	await_cage(pid);
	assert_int_equal(status_of(pid, "NoNewPrivs:"), 1);
	assert_int_equal(limit_of(pid, RLIMIT_AS), PROBED_CAGE_MEMORY);
	assert_int_equal(limit_of(pid, RLIMIT_CPU), PROBED_CAGE_CPU_S);
	/* Out of time it dies of SIGXCPU, which says so, not of SIGKILL. */
	assert_int_equal(prlimit(pid, RLIMIT_CPU, NULL, &cpu), 0);
	assert_true(cpu.rlim_max > cpu.rlim_cur);
	assert_int_equal(limit_of(pid, RLIMIT_NOFILE), 0);
	assert_int_equal(limit_of(pid, RLIMIT_NPROC), 0);
	assert_int_equal(limit_of(pid, RLIMIT_FSIZE), 0); /* to a pipe */
	assert_int_equal(limit_of(pid, RLIMIT_CORE), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(out);
}

/* Whoever started it has died: it does not stay. */
static void
it_dies_with_its_parent(void **state)
{
	int told[2], out, status;
	pid_t parent, child = 0;

	(void)state;
	if (IS_SANITIZED)
		skip();
	assert_int_equal(pipe(told), 0);
	/* What its parent leaves behind is ours to wait for. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	parent = fork();
	if (parent == 0) {
		child = start(N_TRIES, &out);
		await_cage(child);
		if (write(told[1], &child, sizeof(child)) != sizeof(child))
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(told[0], &child, sizeof(child)), sizeof(child));
	close(told[0]);
	close(told[1]);
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* -- as orchestratord sees it --------------------------------------------- */

struct place {
	struct event_base *base;
	struct probes *probes;
	char *dir;
	int calls;
	enum probe_outcome outcome;
};

static int
make_place(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	p->dir = paths_make_tmp();
	p->base = event_base_new();
	*state = p;
	return 0;
}

static int
end_place(void **state)
{
	struct place *p = *state;

	probes_free(p->probes);
	event_base_free(p->base);
	paths_remove(p->dir);
	free(p->dir);
	free(p);
	return 0;
}

static void
on_seen(enum probe_outcome outcome, const json_t *measured, void *arg)
{
	struct place *p = arg;

	(void)measured;
	p->calls++;
	p->outcome = outcome;
}

static enum probe_outcome
look(struct place *p, int number)
{
	char *self = realpath("/proc/self/exe", NULL);
	char *path = xasprintf("%s/child-%d", p->dir, number);
	FILE *script = fopen(path, "w"), *file = tmpfile();
	int before = p->calls;

	fprintf(script, "#!/bin/sh\nexec '%s' --cage %d 2>/dev/null\n", self,
	    number);
	fchmod(fileno(script), 0755);
	fclose(script);
	fputc('x', file);
	fflush(file);
	probes_free(p->probes);
	p->probes = probes_new(p->base, path);
	p->probes->deadline_ms = DEADLINE;
	probe_start(p->probes, "f", fcntl(fileno(file), F_DUPFD_CLOEXEC, 3),
	    on_seen, p);
	fclose(file);
	while (p->calls == before)
		event_base_loop(p->base, EVLOOP_ONCE);
	free(path);
	free(self);
	return p->outcome;
}

/* Of ours, the ended ones that nobody waited for, too. */
static int
count_children(void)
{
	char path[300], text[512];
	int n = 0, parent;
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		const char *at;
		FILE *f;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		f = fopen(path, "r");
		if (f == NULL)
			continue;
		if (fgets(text, sizeof(text), f) != NULL) {
			at = strrchr(text, ')');
			if (at != NULL && sscanf(at, ") %*c %d", &parent) == 1)
				n += parent == getpid();
		}
		fclose(f);
	}
	closedir(dir);
	return n;
}

static void
a_child_that_breaks_out_is_our_trouble_and_is_reaped(void **state)
{
	struct place *p = *state;

	if (IS_SANITIZED)
		skip();
	assert_int_equal(count_children(), 0);
	for (int i = 0; i < N_TRIES; i++) {
		enum probe_outcome want =
		    tries[i].signal == SIGSYS	 ? PROBE_BROKEN
		    : tries[i].signal == SIGABRT ? PROBE_BAD
						 : PROBE_MEASURED;
		enum probe_outcome is = look(p, i);

		if (is != want)
			fail_msg("%s: %d, not %d", tries[i].what, is, want);
		assert_int_equal(count_children(), 0);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_forbidden_call_is_the_last),
	    cmocka_unit_test(whose_time_is_up_dies_of_that),
	    cmocka_unit_test(it_has_next_to_nothing),
	    cmocka_unit_test(it_dies_with_its_parent),
	    cmocka_unit_test_setup_teardown(
		a_child_that_breaks_out_is_our_trouble_and_is_reaped,
		make_place, end_place),
	};

	if (argc == 3 && strcmp(argv[1], "--cage") == 0)
		return live_in_cage(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
