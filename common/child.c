/* A child of ours that reads a file. */
#include "common/child.h"

#include <errno.h>
#include <event2/util.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t
child_start(char *const argv[], char *const env[], int input, int *out)
{
	posix_spawn_file_actions_t actions;
	int ends[2], failed;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	failed = posix_spawn(&pid, argv[0], &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (failed) {
		close(ends[0]);
		errno = failed;
		return -1;
	}
	evutil_make_socket_nonblocking(ends[0]);
	*out = ends[0];
	return pid;
}

int
child_reap(pid_t pid)
{
	int status = 0;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}
