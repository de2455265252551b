/* A listening Unix socket. */
#include "signer/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err.h"

enum { BACKLOG = 128 };

static int
set_address(struct sockaddr_un *address, const char *path, struct err *err)
{
	if (strlen(path) >= sizeof(address->sun_path))
		return err_set(err, "socket path is longer than %zu bytes: %s",
		    sizeof(address->sun_path) - 1, path);
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, strlen(path) + 1);
	return 0;
}

/* Make way at the path: gone already, or a socket that nobody answers. */
static int
remove_stale(int fd, const struct sockaddr_un *address, struct err *err)
{
	const char *path = address->sun_path;
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT
			   ? 0
			   : err_set(err, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, "%s exists and is not a socket", path);
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) ==
	    0)
		return err_set(err, "%s: another signerd listens there", path);
	if (errno != ECONNREFUSED)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (unlink(path) < 0 && errno != ENOENT)
		return err_set(
		    err, "cannot remove %s: %s", path, strerror(errno));
	return 0;
}

static int
bind_and_listen(int fd, const struct sockaddr_un *address, bool open_to_all,
    struct err *err)
{
	mode_t old_mask = umask(open_to_all ? 0111 : 0177);
	int ret = bind(fd, (const struct sockaddr *)address, sizeof(*address));

	umask(old_mask);
	if (ret < 0)
		return err_set(err, "cannot listen on %s: %s",
		    address->sun_path, strerror(errno));
	if (listen(fd, BACKLOG) < 0)
		return err_set(
		    err, "%s: %s", address->sun_path, strerror(errno));
	return 0;
}

static int
open_socket(struct err *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd >= 0 ? fd : err_set(err, "socket: %s", strerror(errno));
}

int
socket_listen(const char *path, bool open_to_all, struct err *err)
{
	struct sockaddr_un address;
	int fd, probe, ret;

	if (set_address(&address, path, err) < 0)
		return -1;
	probe = open_socket(err);
	if (probe < 0)
		return -1;
	ret = remove_stale(probe, &address, err);
	close(probe);
	if (ret < 0)
		return -1;
	fd = open_socket(err);
	if (fd >= 0 && bind_and_listen(fd, &address, open_to_all, err) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}
