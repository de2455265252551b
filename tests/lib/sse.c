/* A listener to server-sent events. */
#include "tests/lib/sse.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"

struct sse {
	int fd;
	struct buf raw;	 /* read, not taken apart */
	char *head;	 /* NULL: not here yet */
	struct buf text; /* of the body */
	bool is_eof, is_whole;
	char comment[256];
	int retry_ms;
};

struct sse *
sse_open_with(int port, const char *path, const char *header)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sse *s = xcalloc(1, sizeof(*s));
	char *request = xasprintf(
	    "GET %s HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
	    "%s%s\r\n",
	    path, header != NULL ? header : "", header != NULL ? "\r\n" : "");
	size_t len = strlen(request);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	s->is_eof = s->fd < 0 ||
		    connect(s->fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
		    send(s->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len;
	free(request);
	return s;
}

struct sse *
sse_open(int port, const char *path, const char *last_id)
{
	char *header =
	    last_id != NULL ? xasprintf("Last-Event-ID: %s", last_id) : NULL;
	struct sse *s = sse_open_with(port, path, header);

	free(header);
	return s;
}

void
sse_close(struct sse *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->raw);
	buf_free(&s->text);
	free(s->head);
	free(s);
}

/* -- bytes ----------------------------------------------------------------- */

/* More of them before until_us (mono); false: none. */
static bool
read_more(struct sse *s, int64_t until_us)
{
	struct pollfd ready = {s->fd, POLLIN, 0};
	int64_t left_ms = (until_us - clock_mono_us()) / 1000;
	ssize_t n;

	if (s->is_eof || poll(&ready, 1, left_ms > 0 ? left_ms : 0) != 1)
		return false;
	n = recv(s->fd, buf_reserve(&s->raw, 65536), 65536, 0);
	if (n <= 0)
		s->is_eof = true;
	else
		s->raw.len += n;
	return n > 0;
}

static bool
take_head(struct sse *s)
{
	const char *text = buf_str(&s->raw);
	const char *end = strstr(text, "\r\n\r\n");

	if (end == NULL)
		return false;
	s->head = xasprintf("%.*s", (int)(end + 2 - text), text);
	buf_drop(&s->raw, end + 4 - text);
	return true;
}

/* Whole chunks from raw to text. */
static void
take_chunks(struct sse *s)
{
	while (!s->is_whole) {
		const char *raw = buf_str(&s->raw);
		const char *line = strstr(raw, "\r\n");
		size_t size = strtoul(raw, NULL, 16);
		size_t at = line != NULL ? line + 2 - raw : 0;

		if (line == NULL || s->raw.len < at + size + 2)
			return;
		buf_add(&s->text, raw + at, size);
		s->is_whole = size == 0;
		buf_drop(&s->raw, at + size + 2);
	}
}

static bool
await_head(struct sse *s)
{
	int64_t until_us = clock_mono_us() + SSE_WAIT_MS * 1000LL;

	while (s->head == NULL && !take_head(s)) {
		if (!read_more(s, until_us))
			return false;
	}
	return true;
}

int
sse_status(struct sse *s)
{
	return await_head(s) ? atoi(s->head + strlen("HTTP/1.1 ")) : 0;
}

char *
sse_header(struct sse *s, const char *name)
{
	size_t len = strlen(name);

	if (!await_head(s))
		return NULL;
	for (const char *p = strstr(s->head, "\r\n"); p != NULL;
	     p = strstr(p + 2, "\r\n")) {
		if (strncasecmp(p + 2, name, len) == 0 && p[2 + len] == ':')
			return xasprintf("%.*s",
			    (int)strcspn(p + 4 + len, "\r"), p + 4 + len);
	}
	return NULL;
}

/* -- events ---------------------------------------------------------------- */

static void
take_line(struct sse *s, struct sse_event *e, const char *line)
{
	if (line[0] == ':')
		snprintf(s->comment, sizeof(s->comment), "%s", line + 1);
	else if (strncmp(line, "id: ", 4) == 0)
		snprintf(e->id, sizeof(e->id), "%s", line + 4);
	else if (strncmp(line, "event: ", 7) == 0)
		snprintf(e->name, sizeof(e->name), "%s", line + 7);
	else if (strncmp(line, "data: ", 6) == 0)
		snprintf(e->data, sizeof(e->data), "%s", line + 6);
	else if (strncmp(line, "retry: ", 7) == 0)
		s->retry_ms = atoi(line + 7);
}

/* What stands in front of an empty line; whether it was an event. */
static bool
take_event(struct sse *s, struct sse_event *e, size_t len)
{
	char *block = xasprintf("%.*s", (int)len, buf_str(&s->text));
	char *rest = block, *line;

	buf_drop(&s->text, len + 2);
	*e = (struct sse_event){0};
	while ((line = strtok_r(rest, "\n", &rest)) != NULL)
		take_line(s, e, line);
	free(block);
	return e->name[0] != '\0';
}

bool
sse_next(struct sse *s, struct sse_event *e, int timeout_ms)
{
	int ms = timeout_ms != 0 ? timeout_ms : SSE_WAIT_MS;
	int64_t until_us = clock_mono_us() + ms * 1000LL;

	if (!await_head(s))
		return false;
	for (;;) {
		const char *end;

		take_chunks(s);
		end = strstr(buf_str(&s->text), "\n\n");
		if (end != NULL) {
			if (take_event(s, e, end - buf_str(&s->text)))
				return true;
			continue;
		}
		if (s->is_whole || !read_more(s, until_us))
			return false;
	}
}

bool
sse_await_comment(struct sse *s, const char *word)
{
	int64_t until_us = clock_mono_us() + SSE_WAIT_MS * 1000LL;
	struct sse_event e;

	while (strstr(s->comment, word) == NULL) {
		const char *end;

		take_chunks(s);
		end = strstr(buf_str(&s->text), "\n\n");
		if (end != NULL && take_event(s, &e, end - buf_str(&s->text)))
			return false;
		if (end == NULL && (s->is_whole || !read_more(s, until_us)))
			return false;
	}
	return true;
}

bool
sse_is_whole(struct sse *s)
{
	return s->is_whole;
}

const char *
sse_comment(struct sse *s)
{
	return s->comment;
}

int
sse_retry_ms(struct sse *s)
{
	return s->retry_ms;
}
