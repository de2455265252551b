/*
 * The terminal of a program that draws on all of it. Plain ANSI: the alternate
 * screen, no cursor, home, and lines that are cleared, as every terminal has
 * them.
 */
#include "subnetctl/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"

enum { ESCAPE = 0x1b, STUCK_MS = 1000 };

static const char enter[] = "\x1b[?1049h\x1b[?25l\x1b[2J";
static const char leave[] = "\x1b[?25h\x1b[?1049l";

struct terminal {
	struct termios before;
	sigset_t mask; /* before */
	int signals;   /* a signalfd */
	int out;       /* the terminal once more, so that writing to it does not
			* block, and stdout is for others as it was */
};

/* A terminal that takes nothing for a second, as of a connection that hangs,
 * gets no more of it: what is to end must not be held up. */
static void
put(const struct terminal *t, const char *bytes, size_t len)
{
	while (len > 0) {
		struct pollfd p = {t->out, POLLOUT, 0};
		ssize_t n = write(t->out, bytes, len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			continue;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR) ||
		    (errno == EAGAIN && poll(&p, 1, STUCK_MS) == 0))
			return;
	}
}

static void
make_raw(const struct termios *before)
{
	struct termios raw = *before;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
}

/* -1: there are none. */
static int
catch_signals(sigset_t *before)
{
	static const int caught[] = {
	    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	if (sigprocmask(SIG_BLOCK, &set, before) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Another's terminal, as after su, may be written to and not opened. */
static int
open_again(void)
{
	char name[256];
	int fd = -1;

	if (ttyname_r(STDOUT_FILENO, name, sizeof(name)) == 0)
		fd = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
}

struct terminal *
terminal_open(struct err *err)
{
	struct terminal *t = xcalloc(1, sizeof(*t));

	if (!isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &t->before) != 0) {
		err_set(err, "this is no terminal: --once prints one look");
		free(t);
		return NULL;
	}
	t->signals = catch_signals(&t->mask);
	if (t->signals < 0) {
		err_set(
		    err, "signals cannot be waited for: %s", strerror(errno));
		free(t);
		return NULL;
	}
	t->out = open_again();
	make_raw(&t->before);
	put(t, enter, strlen(enter));
	return t;
}

void
terminal_close(struct terminal *t)
{
	if (t == NULL)
		return;
	put(t, leave, strlen(leave));
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &t->before);
	close(t->out);
	close(t->signals);
	sigprocmask(SIG_SETMASK, &t->mask, NULL);
	free(t);
}

void
terminal_size(const struct terminal *t, int *width, int *height)
{
	struct winsize size;

	(void)t;
	*width = 80;
	*height = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return;
	if (size.ws_col > 0)
		*width = size.ws_col;
	if (size.ws_row > 0)
		*height = size.ws_row;
}

void
terminal_draw(struct terminal *t, const char *lines)
{
	struct buf out = {0};

	buf_add_str(&out, "\x1b[H");
	/* Cleared first: behind a line that is as wide as the screen many
	 * terminals would clear its last column. */
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");
		bool is_last = lines[len] == '\0' || lines[len + 1] == '\0';

		buf_add_str(&out, is_last ? "\x1b[J" : "\x1b[K");
		buf_add(&out, lines, len);
		lines += len + (lines[len] == '\n');
		if (!is_last)
			buf_add_str(&out, "\r\n");
	}
	put(t, (const char *)out.data, out.len);
	buf_free(&out);
}

static int
take_signal(struct terminal *t)
{
	struct signalfd_siginfo info;

	if (read(t->signals, &info, sizeof(info)) != sizeof(info))
		return TERMINAL_ENDED;
	return info.ssi_signo == SIGWINCH ? TERMINAL_RESIZED : TERMINAL_ENDED;
}

int
terminal_wait(struct terminal *t, int64_t timeout_ms)
{
	struct pollfd fds[] = {
	    {STDIN_FILENO, POLLIN, 0}, {t->signals, POLLIN, 0}};
	unsigned char key;
	int n = poll(fds, 2, timeout_ms < 0 ? 0 : (int)timeout_ms);

	if (n == 0 || (n < 0 && errno == EINTR))
		return TERMINAL_NOTHING;
	if (n < 0)
		return TERMINAL_ENDED;
	if (fds[1].revents != 0)
		return take_signal(t);
	if (read(STDIN_FILENO, &key, 1) != 1)
		return TERMINAL_ENDED;
	if (key == ESCAPE) {
		/* F2 is ESC O Q, and no Q. */
		tcflush(STDIN_FILENO, TCIFLUSH);
		return TERMINAL_NOTHING;
	}
	return key != 0 ? key : TERMINAL_NOTHING;
}
