/* Doctor: the hotkey's file, and signerd that holds the hotkey. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/sign_wire.h"
#include "common/xalloc.h"
#include "subnetctl/check.h"
#include "subtensor/keyfile.h"
#include "subtensor/ss58.h"

enum { OTHERS_MODE = 077, ALL_MODE = 07777 };

static const struct timeval signer_limit = {5, 0};

/* A file of secrets that nobody else can use: 0, or -1 and the check says what
 * is wrong; no_file is the remedy where there is none. */
static int
check_private(struct check *c, const char *path, const char *no_file)
{
	struct stat st;
	int why;

	if (stat(path, &st) != 0) {
		why = errno;
		check_fail(c, "%s: %s", path, strerror(why));
		check_fix(c, "%s",
		    why == EACCES ? "run this as a user that may look there"
				  : no_file);
	} else if (!S_ISREG(st.st_mode)) {
		check_fail(c, "%s is not a file", path);
		check_fix(c, "%s", no_file);
	} else if ((st.st_mode & OTHERS_MODE) != 0) {
		check_fail(c, "%s can be used by others (mode %04o)", path,
		    st.st_mode & ALL_MODE);
		check_fix(c, "run: chmod 600 '%s'", path);
	} else {
		check_ok(c, "%s (mode %04o)", path, st.st_mode & ALL_MODE);
		return 0;
	}
	return -1;
}

/* By its first bytes, which are no secret; nothing more of it is read. */
static enum keyfile_form
form_of(const char *path)
{
	char head[KEYFILE_MAGIC];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof(head)) : -1;
	enum keyfile_form form = n > 0 ? keyfile_form(head, n) : KEYFILE_PLAIN;

	sodium_memzero(head, sizeof(head));
	if (fd >= 0)
		close(fd);
	return form;
}

/* Is there a password for a sealed one? */
static void
check_password(struct check *c, const char *path, const char *form,
    const char *password_file)
{
	char *name = keyfile_password_name(path);

	if (password_file[0] != '\0') {
		if (check_private(c, password_file,
			"put the hotkey's password there, or set "
			"signer.password_file") == 0)
			check_ok(c,
			    "%s is encrypted (%s), its password is in "
			    "%s",
			    path, form, password_file);
	} else if (keyfile_password_is_set(path)) {
		check_ok(c, "%s is encrypted (%s), its password is in %s", path,
		    form, name);
	} else {
		check_skip(c,
		    "%s is encrypted (%s); signer.password_file is not set, "
		    "nor, here, %s",
		    path, form, name);
	}
	free(name);
}

/* Could others put another file in the place of this one? */
static void
check_folder(struct check *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	struct stat st;

	if (c->result != CHECK_OK || slash == NULL || slash == path)
		return;
	folder = xstrndup(path, (size_t)(slash - path));
	if (stat(folder, &st) == 0 && (st.st_mode & S_IWOTH) != 0 &&
	    (st.st_mode & S_ISVTX) == 0) {
		check_fail(
		    c, "anybody can put another file in the place of %s", path);
		check_fix(c, "run: chmod o-w '%s'", folder);
	}
	free(folder);
}

/* A coldkey has nothing to do on a validator's machine. */
static void
check_coldkey(struct check *c, const char *path)
{
	const char *hotkeys = strstr(path, "/hotkeys/");
	char *coldkey;

	if (c->result != CHECK_OK || hotkeys == NULL)
		return;
	coldkey = xasprintf("%.*s/coldkey", (int)(hotkeys - path), path);
	if (access(coldkey, F_OK) == 0) {
		check_warn(
		    c, "%s is on this machine: nothing here needs it", coldkey);
		check_fix(c, "keep it elsewhere, and take it off this machine");
	}
	free(coldkey);
}

/* The address in "<path>pub.txt", which is no secret; "" if there is none. */
static void
read_public(const char *path, char hotkey[CHECK_HOTKEY])
{
	char *file = xasprintf("%spub.txt", path);
	uint8_t public[32];
	struct err err;

	hotkey[0] = '\0';
	if (keyfile_load_public(file, public, &err) == 0)
		ss58_encode(SS58_BITTENSOR, public, hotkey);
	free(file);
}

void
check_key_file(struct check *c, const char *path, const char *password_file,
    char hotkey[CHECK_HOTKEY])
{
	enum keyfile_form form;

	c->name = "key";
	if (hotkey[0] != '\0' && access(path, F_OK) != 0) {
		check_skip(
		    c, "%s is not here, and need not be: signerd has it", path);
		return;
	}
	if (hotkey[0] == '\0')
		read_public(path, hotkey);
	if (check_private(c, path,
		"put the hotkey there, or set signer.key_file, or wallet.name, "
		"wallet.hotkey and wallet.path") != 0)
		return;
	form = form_of(path);
	if (form != KEYFILE_PLAIN)
		check_password(c, path, keyfile_form_name(form), password_file);
	check_folder(c, path);
	check_coldkey(c, path);
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
	/* Connecting waits, too, where many already do. */
	setsockopt(
	    fd, SOL_SOCKET, SO_SNDTIMEO, &signer_limit, sizeof(signer_limit));
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
check_signer(struct check *c, const char *path, char hotkey[CHECK_HOTKEY])
{
	struct sign_reply reply = {.json = NULL};
	struct buf line = {0};
	int fd, why;

	c->name = "signer";
	hotkey[0] = '\0';
	if (path[0] == '\0') {
		check_skip(c, "signer.socket is not set");
		return;
	}
	fd = connect_to(path);
	if (fd < 0) {
		why = errno;
		check_fail(c, "%s: %s", path,
		    why == EAGAIN ? "nobody takes connections there"
				  : strerror(why));
		check_fix(
		    c, why == EACCES   ? "run this as a user that may open it"
		       : why == EAGAIN ? "restart signerd"
				       : "start signerd, or set signer.socket");
		return;
	}
	if (ask_who(fd, &reply, &line) == 0 && reply.hotkey != NULL) {
		check_ok(c, "%s signs for %s", path, reply.hotkey);
		snprintf(hotkey, CHECK_HOTKEY, "%s", reply.hotkey);
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
