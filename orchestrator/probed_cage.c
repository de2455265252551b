/*
 * Rlimits and a seccomp filter. The filter goes by the call and, where a
 * descriptor or a protection is what makes it harmless, by its arguments.
 */
#include "orchestrator/probed_cage.h"

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The sanitizers need more than we would allow. */
#if defined(__SANITIZE_ADDRESS__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

/* Whatever their arguments. */
static const int allowed_calls[] = {SCMP_SYS(munmap), SCMP_SYS(mremap),
    SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* If the argument of that number is this, or has none of these bits. */
static const struct {
	int call;
	unsigned arg;
	uint64_t is;
	uint64_t without;
} allowed_if[] = {
    {SCMP_SYS(read), 0, STDIN_FILENO, 0},
    {SCMP_SYS(pread64), 0, STDIN_FILENO, 0},
    {SCMP_SYS(lseek), 0, STDIN_FILENO, 0},
    {SCMP_SYS(write), 0, STDOUT_FILENO, 0},
    {SCMP_SYS(fstat), 0, STDIN_FILENO, 0},
    {SCMP_SYS(fstat), 0, STDOUT_FILENO, 0},
    /* fstat, as the C library makes it */
    {SCMP_SYS(newfstatat), 0, STDIN_FILENO, 0},
    {SCMP_SYS(newfstatat), 0, STDOUT_FILENO, 0},
    {SCMP_SYS(mprotect), 2, 0, PROT_EXEC},
};

/* Asked for by libraries, and never needed: they are told no. */
static const struct {
	int call, why;
} denied[] = {
    {SCMP_SYS(ioctl), ENOTTY}, /* the streams are looked at */
    {SCMP_SYS(writev), EBADF}, /* last words of the C library */
};

static int
limit(int resource, rlim_t most)
{
	const struct rlimit r = {most, most};

	return setrlimit(resource, &r);
}

/* Out of time it is to die of SIGXCPU, which says so, and not of SIGKILL. */
static int
limit_cpu(void)
{
	const struct rlimit r = {PROBED_CAGE_CPU_S, PROBED_CAGE_CPU_S + 5};

	return setrlimit(RLIMIT_CPU, &r);
}

/* Nobody to write to: our parent has died before it could take us along. */
static bool
is_alone(void)
{
	struct pollfd out = {STDOUT_FILENO, 0, 0};

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

static int
set_limits(uint64_t max_output)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) != 0)
		return -1;
	if (!S_ISREG(st.st_mode))
		max_output = 0; /* a pipe is not a file that grows */
	return limit(RLIMIT_AS, PROBED_CAGE_MEMORY) != 0 || limit_cpu() != 0 ||
		       limit(RLIMIT_CORE, 0) != 0 ||
		       limit(RLIMIT_NOFILE, 0) != 0 ||
		       limit(RLIMIT_NPROC, 0) != 0 ||
		       limit(RLIMIT_MEMLOCK, 0) != 0 ||
		       limit(RLIMIT_FSIZE, max_output) != 0
		   ? -1
		   : 0;
}

static int
add_rules(scmp_filter_ctx filter)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(allowed_calls) / sizeof(allowed_calls[0]);
	     i++)
		failed |= seccomp_rule_add(
		    filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
	for (size_t i = 0; i < sizeof(allowed_if) / sizeof(allowed_if[0]); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW,
		    allowed_if[i].call, 1,
		    allowed_if[i].without == 0
			? SCMP_CMP(
			      allowed_if[i].arg, SCMP_CMP_EQ, allowed_if[i].is)
			: SCMP_CMP(allowed_if[i].arg, SCMP_CMP_MASKED_EQ,
			      allowed_if[i].without, 0));
	/* Memory, of no file, that is not run. */
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
	/* abort() */
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++)
		failed |= seccomp_rule_add(
		    filter, SCMP_ACT_ERRNO(denied[i].why), denied[i].call, 0);
	return failed;
}

static int
set_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int failed;

	if (filter == NULL)
		return -1;
	failed = add_rules(filter);
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	return failed == 0 ? 0 : -1;
}

int
probed_cage(uint64_t max_output)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || is_alone())
		return -1;
	/* Whatever our parent has open is not for us. */
	if (close_range(3, ~0U, 0) != 0)
		return -1;
	if (IS_SANITIZED)
		return 0;
	if (prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    set_limits(max_output) != 0)
		return -1;
	return set_filter();
}
