/*
 * subnetd-convert FORMAT SPEED FOLDER: the WAV on standard input in another
 * form, as the file "made" in that folder. It limits itself and becomes
 * ffmpeg, which inherits the limits: memory, processor time, the size of what
 * it writes; files may be read where programs are, and written in the folder;
 * no sockets, no other processes, no other programs' memory.
 *
 * Exit 64 for wrong arguments, 65 where there is no ffmpeg, 66 if the program
 * could not lock itself in; others are ffmpeg's.
 */
#include "orchestrator/converted.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

#define MAX_MEMORY (2048ull * 1024 * 1024)
#define MAX_FILE (512ull * 1024 * 1024)
enum { MAX_CPU_S = 50, MAX_FILES = 64, MAX_ARGS = 40 };

/* -- what is wanted -------------------------------------------------------- */

static const struct format {
	const char *name;
	const char *args[10];
} formats[] = {
    {"mp3", {"-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3"}},
    {"opus", {"-c:a", "libopus", "-b:a", "64k", "-f", "ogg"}},
    {"aac", {"-c:a", "aac", "-b:a", "96k", "-f", "adts"}},
    {"flac", {"-c:a", "flac", "-f", "flac"}},
    {"wav", {"-c:a", "pcm_s16le", "-f", "wav"}},
    {"pcm", {"-ar", "24000", "-ac", "1", "-c:a", "pcm_s16le", "-f", "s16le"}},
};

static const struct format *
format_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return NULL;
}

/* One filter changes the speed to half of it at most. */
static void
filter_of(double speed, char *out, size_t size)
{
	if (speed < 0.5)
		snprintf(out, size, "atempo=0.5,atempo=%.4f", speed / 0.5);
	else
		snprintf(out, size, "atempo=%.4f", speed);
}

static void
become(const struct format *format, double speed)
{
	static const char *const head[] = {"ffmpeg", "-nostdin", "-v", "quiet",
	    "-protocol_whitelist", "pipe,file", "-f", "wav", "-i", "pipe:0",
	    "-map", "0:a:0", "-map_metadata", "-1", "-threads", "1",
	    "-filter_threads", "1", NULL};
	const char *argv[MAX_ARGS];
	char filter[64];
	size_t n = 0;

	for (size_t i = 0; head[i] != NULL; i++)
		argv[n++] = head[i];
	if (speed != 1) {
		filter_of(speed, filter, sizeof(filter));
		argv[n++] = "-filter:a";
		argv[n++] = filter;
	}
	for (size_t i = 0; format->args[i] != NULL; i++)
		argv[n++] = format->args[i];
	argv[n++] = "-y";
	argv[n++] = "file:" CONVERTED_NAME;
	argv[n] = NULL;
	execvp(argv[0], (char *const *)argv);
}

/* -- the cage -------------------------------------------------------------- */

/* What a dynamically linked program of many libraries does at its start, and
 * what ffmpeg does then. What is not here fails as if it were not known. */
static const int allowed_calls[] = {SCMP_SYS(read), SCMP_SYS(pread64),
    SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(writev), SCMP_SYS(lseek),
    SCMP_SYS(openat), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
    SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd), SCMP_SYS(getdents64), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
    SCMP_SYS(fcntl), SCMP_SYS(ftruncate), SCMP_SYS(unlink), SCMP_SYS(poll),
    SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(mmap),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise),
    SCMP_SYS(brk), SCMP_SYS(mlock), SCMP_SYS(futex), SCMP_SYS(get_mempolicy),
    SCMP_SYS(set_mempolicy), SCMP_SYS(arch_prctl), SCMP_SYS(prctl),
    SCMP_SYS(set_tid_address), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    SCMP_SYS(getrandom), SCMP_SYS(getrusage), SCMP_SYS(getrlimit),
    SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(times),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(execve)};

/* Threads, and no processes; what others' limits are may be asked, not set;
 * clone3, whose flags cannot be seen, is not known. */
static int
filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int failed = filter == NULL;

	for (size_t i = 0; i < sizeof(allowed_calls) / sizeof(allowed_calls[0]);
	     i++)
		failed |= seccomp_rule_add(
		    filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64),
	    1, SCMP_A2(SCMP_CMP_EQ, 0));
	failed |= seccomp_rule_add(
	    filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
	failed |= seccomp_load(filter);
	seccomp_release(filter);
	return failed ? -1 : 0;
}

#define MAY_READ                                                               \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |          \
	    LANDLOCK_ACCESS_FS_EXECUTE)
#define MAY_WRITE                                                              \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |         \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |   \
	    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |       \
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |      \
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static int
allow_path(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr beneath = {.allowed_access = access};
	int failed;

	beneath.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return errno == ENOENT ? 0 : -1;
	failed = syscall(SYS_landlock_add_rule, rules,
		     LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0;
	close(beneath.parent_fd);
	return failed ? -1 : 0;
}

/* Where the kernel has no landlock, the other limits have to do. */
static int
limit_files(const char *folder)
{
	static const char *const readable[] = {"/usr", "/lib", "/lib64", "/bin",
	    "/etc/ld.so.cache", "/etc/ld.so.preload", "/sys/devices/system",
	    "/proc/self", "/dev/urandom", NULL};
	struct landlock_ruleset_attr attr = {
	    .handled_access_fs = MAY_READ | MAY_WRITE};
	int rules = syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof(attr.handled_access_fs), 0);
	int failed = 0;

	if (rules < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -1;
	for (size_t i = 0; readable[i] != NULL; i++) {
		bool is_folder = strcmp(readable[i], "/dev/urandom") != 0 &&
				 strncmp(readable[i], "/etc/", 5) != 0;

		failed |= allow_path(rules, readable[i],
		    is_folder ? MAY_READ : LANDLOCK_ACCESS_FS_READ_FILE);
	}
	failed |= allow_path(rules, folder,
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		LANDLOCK_ACCESS_FS_MAKE_REG);
	failed |= syscall(SYS_landlock_restrict_self, rules, 0) != 0;
	close(rules);
	return failed ? -1 : 0;
}

static int
limit(int what, uint64_t most)
{
	struct rlimit r = {most, most};

	return setrlimit(what, &r);
}

static int
lock_in(const char *folder)
{
	if (close_range(3, ~0U, 0) != 0 || chdir(folder) != 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	if (limit(RLIMIT_CPU, MAX_CPU_S) != 0 ||
	    limit(RLIMIT_FSIZE, MAX_FILE) != 0 ||
	    limit(RLIMIT_NOFILE, MAX_FILES) != 0 || limit(RLIMIT_CORE, 0) != 0)
		return -1;
	if (IS_SANITIZED)
		return 0; /* the sanitizers need more than we would allow */
	if (limit(RLIMIT_AS, MAX_MEMORY) != 0 || limit_files(folder) != 0)
		return -1;
	return filter_calls();
}

/* -- the program ----------------------------------------------------------- */

int
main(int argc, char **argv)
{
	const struct format *format = argc == 4 ? format_find(argv[1]) : NULL;
	double speed = argc == 4 ? strtod(argv[2], NULL) : 0;

	if (format == NULL || !(speed >= 0.25 && speed <= 4)) {
		fputs("usage: subnetd-convert "
		      "mp3|opus|aac|flac|wav|pcm SPEED FOLDER <WAV\n"
		      "SPEED is 0.25 to 4\n",
		    stderr);
		return CONVERTED_USAGE;
	}
	if (lock_in(argv[3]) != 0) {
		fputs("fatal subnetd-convert convert.cage "
		      "why=\"cannot limit itself\"\n",
		    stderr);
		return CONVERTED_NO_CAGE;
	}
	become(format, speed);
	return CONVERTED_NO_FFMPEG;
}
