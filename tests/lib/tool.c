/* subnetctl, run as a tool. */
#include "tests/lib/tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/paths.h"

enum { CANNOT_EXEC = 127 };

static int
file_with(const void *data, size_t len)
{
	int fd = memfd_create("in", MFD_CLOEXEC);

	if (len > 0 && write(fd, data, len) != (ssize_t)len)
		abort();
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* What a file holds, NUL behind it; it is closed. The caller frees. */
static char *
text_of(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END), len = end > 0 ? end : 0;
	char *text = xcalloc(1, len + 1);

	if (pread(fd, text, len, 0) != len)
		text[0] = '\0';
	close(fd);
	return text;
}

static pid_t
launch(const char *const *args, int in, int out, int err)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[TOOL_MAX_ARGS] = {program};
	pid_t pid;

	for (size_t n = 1; *args != NULL && n < TOOL_MAX_ARGS - 1; args++)
		argv[n++] = *args;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(program, (char *const *)argv);
		_exit(CANNOT_EXEC);
	}
	free(program);
	return pid;
}

/* 0 and the exit status. One that takes too long is killed. */
static int
wait_for(pid_t pid)
{
	struct pollfd pfd = {.events = POLLIN};
	int raw = 0;

	pfd.fd = syscall(SYS_pidfd_open, pid, 0);
	if (pfd.fd < 0 || poll(&pfd, 1, TOOL_WAIT_MS) != 1)
		kill(pid, SIGKILL);
	if (pfd.fd >= 0)
		close(pfd.fd);
	waitpid(pid, &raw, 0);
	return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

/* Both descriptors are closed. */
static void
run(const char *const *args, int in, int out, struct tool_answer *answer)
{
	int err = memfd_create("err", MFD_CLOEXEC);
	pid_t pid = launch(args, in, out, err);

	close(in);
	answer->status = pid > 0 ? wait_for(pid) : CANNOT_EXEC;
	answer->out = text_of(out);
	answer->err = text_of(err);
	answer->json = json_loads(answer->out, JSON_REJECT_DUPLICATES, NULL);
}

void
tool_run(const char *const *args, const void *in, size_t in_len,
    struct tool_answer *answer)
{
	run(args, file_with(in, in_len), memfd_create("out", MFD_CLOEXEC),
	    answer);
}

void
tool_run_to(
    const char *path, const char *const *args, struct tool_answer *answer)
{
	run(args, file_with(NULL, 0), open(path, O_WRONLY | O_CLOEXEC), answer);
}

void
tool_answer_clear(struct tool_answer *answer)
{
	free(answer->out);
	free(answer->err);
	json_decref(answer->json);
	*answer = (struct tool_answer){.status = -1};
}
