/* Doctor: the hotkey's file, and signerd that holds the hotkey. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/sign_wire.h"
#include "subnetctl/check.h"

enum { OTHERS_MODE = 077, ALL_MODE = 07777 };

static const struct timeval signer_limit = {5, 0};

void
check_key_file(struct check *c, const char *path)
{
	struct stat st;

	c->name = "key";
	if (stat(path, &st) != 0) {
		check_fail(c, "%s: %s", path, strerror(errno));
		check_fix(c, "put the hotkey there, or set wallet.name, "
			     "wallet.hotkey and wallet.path");
	} else if (!S_ISREG(st.st_mode)) {
		check_fail(c, "%s is not a file", path);
		check_fix(c, "set wallet.name, wallet.hotkey and wallet.path");
	} else if ((st.st_mode & OTHERS_MODE) != 0) {
		check_fail(c, "%s can be used by others (mode %04o)", path,
		    st.st_mode & ALL_MODE);
		check_fix(c, "run: chmod 600 '%s'", path);
	} else {
		check_ok(c, "%s (mode %04o)", path, st.st_mode & ALL_MODE);
	}
}

static int
connect_to(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd, saved;

	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sun.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &signer_limit, sizeof(signer_limit));
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* A reply's line. 0, or -1. */
static int
read_line(int fd, struct buf *line)
{
	while (line->len < SIGN_WIRE_MAX_LINE) {
		ssize_t n = read(fd, buf_reserve(line, 4096), 4096);

		if (n <= 0)
			return -1;
		line->len += n;
		if (memchr(line->data, '\n', line->len) != NULL)
			return 0;
	}
	return -1;
}

static int
ask_who(int fd, struct sign_reply *reply, struct buf *line)
{
	const struct sign_request request = {.id = 1, .shape = "whoami"};
	struct err err;

	sign_request_print(&request, line);
	if (send(fd, line->data, line->len, MSG_NOSIGNAL) != (ssize_t)line->len)
		return -1;
	buf_reset(line);
	if (read_line(fd, line) != 0)
		return -1;
	return sign_reply_parse((const char *)line->data,
	    (uint8_t *)memchr(line->data, '\n', line->len) - line->data, reply,
	    &err);
}

void
check_signer(struct check *c, const char *path)
{
	struct sign_reply reply = {.json = NULL};
	struct buf line = {0};
	int fd;

	c->name = "signer";
	if (path[0] == '\0') {
		check_skip(c, "signer.socket is not set");
		return;
	}
	fd = connect_to(path);
	if (fd < 0) {
		check_fail(c, "%s: %s", path, strerror(errno));
		check_fix(c, errno == EACCES
				 ? "run this as a user that may open it"
				 : "start signerd, or set signer.socket");
		return;
	}
	if (ask_who(fd, &reply, &line) == 0 && reply.hotkey != NULL) {
		check_ok(c, "%s signs for %s", path, reply.hotkey);
	} else {
		check_fail(c, "%s does not answer this user", path);
		check_fix(c,
		    "add user %d to signer.allow_uid, or restart "
		    "signerd",
		    (int)getuid());
	}
	sign_reply_clear(&reply);
	buf_free(&line);
	close(fd);
}
