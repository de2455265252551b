/* Datagrams to a service manager, and the timer of the loop behind them. */
#include "common/notify.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"

enum {
	MAX_TURN_US = 5000000, /* what we wait for is said that often */
	MAX_STATUS = 256,
};

struct notify {
	struct notify_setup setup;
	int fd;
	struct sockaddr_un address;
	socklen_t address_len;
	int64_t watchdog_us; /* 0: no sign of life is expected */
	struct event *turn;
	bool is_ready, is_stopping;	/* how it is with us */
	bool said_ready, said_stopping; /* and whether the manager knows */
	char status[MAX_STATUS];	/* that it knows */
};

/* -- what we are asked -------------------------------------------------- */

int
notify_address(const char *text, struct sockaddr_un *address, socklen_t *len,
    struct err *err)
{
	size_t n = strlen(text);

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (n < 2 || (text[0] != '/' && text[0] != '@'))
		return err_set(err, "\"%s\" is neither /path nor @name", text);
	if (n >= sizeof(address->sun_path))
		return err_set(err, "\"%s\" is longer than %zu bytes", text,
		    sizeof(address->sun_path) - 1);
	memcpy(address->sun_path, text, n);
	if (text[0] == '@')
		address->sun_path[0] = '\0';
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n +
			   (text[0] == '/'));
	return 0;
}

/* A whole number above 0, else 0. */
static int64_t
read_number(const char *text)
{
	char *end;
	int64_t n;

	if (text == NULL)
		return 0;
	errno = 0;
	n = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && n > 0 ? n : 0;
}

int64_t
notify_watchdog_us(const char *usec, const char *pid, pid_t self)
{
	if (pid != NULL && read_number(pid) != self)
		return 0;
	return read_number(usec);
}

/* -- telling ------------------------------------------------------------ */

static int
tell(const struct notify *n, const char *text, size_t len)
{
	ssize_t sent = sendto(n->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL,
	    (const struct sockaddr *)&n->address, n->address_len);

	return sent == (ssize_t)len ? 0 : -1;
}

/* "not ready: postgresql, redis", of what is missing, a line each. */
static void
print_status(const struct notify *n, char *out, size_t size)
{
	struct buf missing = {0};
	size_t len;

	if (n->setup.add_missing != NULL)
		n->setup.add_missing(&missing, n->setup.arg);
	snprintf(out, size, "%s", missing.len > 0 ? "not ready: " : "ready");
	len = strlen(out);
	for (size_t i = 0; i < missing.len && len + 3 < size; i++) {
		if (missing.data[i] != '\n')
			out[len++] = (char)missing.data[i];
		else if (i + 1 < missing.len)
			len += snprintf(out + len, size - len, ", ");
	}
	out[len] = '\0';
	buf_free(&missing);
}

/* What the manager does not know yet; and that the loop turns, if it does. */
static void
say(struct notify *n, bool turns)
{
	struct buf text = {0};
	char status[MAX_STATUS];

	print_status(n, status, sizeof(status));
	if (n->is_ready && !n->said_ready)
		buf_add_str(&text, "READY=1\n");
	if (n->is_stopping && !n->said_stopping)
		buf_add_str(&text, "STOPPING=1\n");
	if (strcmp(status, n->status) != 0)
		buf_printf(&text, "STATUS=%s\n", status);
	if (turns && n->watchdog_us > 0)
		buf_add_str(&text, "WATCHDOG=1\n");
	if (text.len > 0 && tell(n, buf_str(&text), text.len) == 0) {
		n->said_ready = n->is_ready;
		n->said_stopping = n->is_stopping;
		snprintf(n->status, sizeof(n->status), "%s", status);
	}
	buf_free(&text);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	say(arg, true);
}

void
notify_ready(struct notify *n)
{
	int64_t every_us;
	struct timeval every;

	if (n == NULL)
		return;
	/* Twice in the time that the manager waits. */
	every_us = n->watchdog_us / 2;
	if (every_us == 0 || every_us > MAX_TURN_US)
		every_us = MAX_TURN_US;
	every.tv_sec = every_us / 1000000;
	every.tv_usec = every_us % 1000000;
	n->is_ready = true;
	say(n, false);
	event_add(n->turn, &every);
}

void
notify_reloading(struct notify *n, int64_t mono_us)
{
	char text[64];

	if (n == NULL)
		return;
	snprintf(text, sizeof(text),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "\n", mono_us);
	tell(n, text, strlen(text));
}

void
notify_reloaded(struct notify *n)
{
	if (n == NULL)
		return;
	n->said_ready = false;
	say(n, false);
}

void
notify_stopping(struct notify *n)
{
	if (n == NULL)
		return;
	n->is_stopping = true;
	say(n, false);
}

/* -- its life ----------------------------------------------------------- */

/* 0 if there is somebody to tell. */
static int
open_socket(struct notify *n, const char *asked, struct err *err)
{
	err->text[0] = '\0';
	if (asked == NULL)
		return -1;
	if (notify_address(asked, &n->address, &n->address_len, err) != 0)
		return err_wrap(err, "NOTIFY_SOCKET");
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd < 0)
		return err_set(err, "socket: %s", strerror(errno));
	return 0;
}

struct notify *
notify_new(const struct notify_setup *setup, struct err *err)
{
	struct notify *n = xcalloc(1, sizeof(*n));
	int failed = open_socket(n, getenv("NOTIFY_SOCKET"), err);

	n->setup = *setup;
	n->watchdog_us = notify_watchdog_us(
	    getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid());
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (failed != 0) {
		free(n);
		return NULL;
	}
	n->turn = event_new(setup->base, -1, EV_PERSIST, on_turn, n);
	return n;
}

void
notify_free(struct notify *n)
{
	if (n == NULL)
		return;
	event_free(n->turn);
	close(n->fd);
	free(n);
}
