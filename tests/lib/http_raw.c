/* A client that writes raw bytes and reads answers with a deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/http_child.h"

enum { PATIENCE_S = 15, MAX_ASKS = 500 };

int
raw_dial(int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	struct timeval patience = {PATIENCE_S, 0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	sa.sin_port = htons(port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* A server that has hung up already is no failure of the sender. */
void
raw_send(int fd, const void *p, size_t n)
{
	ssize_t sent;

	while (n > 0) {
		sent = send(fd, p, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		p = (const char *)p + sent;
		n -= sent;
	}
}

void
raw_send_str(int fd, const char *s)
{
	raw_send(fd, s, strlen(s));
}

char *
raw_header(const struct raw_answer *answer, const char *name)
{
	size_t len = strlen(name);
	const char *line = answer->head, *value;

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		value = line + len + 1 + strspn(line + len + 1, " ");
		return xstrndup(value, strcspn(value, "\r"));
	}
	return NULL;
}

/* Up to the empty line; the length of the head, 0 if it does not come. */
static size_t
read_head(int fd, struct raw_answer *answer)
{
	size_t n = 0;

	while (n < sizeof(answer->head) - 1 &&
	       recv(fd, answer->head + n, 1, 0) == 1) {
		answer->head[++n] = '\0';
		if (n >= 4 && strcmp(answer->head + n - 4, "\r\n\r\n") == 0)
			return n;
	}
	answer->head[n] = '\0';
	return 0;
}

static void
read_body(int fd, struct raw_answer *answer)
{
	uint64_t got = 0, want;
	char *scratch = xmalloc(1 << 20);
	ssize_t n;

	while (got < answer->length) {
		want = answer->length - got;
		n = recv(fd, scratch, want < 1 << 20 ? want : 1 << 20, 0);
		if (n <= 0)
			fail_msg("the body ends after %llu of %llu bytes",
			    (unsigned long long)got,
			    (unsigned long long)answer->length);
		if (got < sizeof(answer->body) - 1) {
			size_t room = sizeof(answer->body) - 1 - got;
			size_t keep = (size_t)n < room ? (size_t)n : room;

			memcpy(answer->body + got, scratch, keep);
			answer->len = got + keep;
		}
		got += n;
	}
	answer->body[answer->len] = '\0';
	free(scratch);
}

void
raw_read(int fd, struct raw_answer *answer, bool head_only)
{
	char *length;

	answer->status = 0;
	answer->len = 0;
	answer->length = 0;
	answer->body[0] = '\0';
	if (read_head(fd, answer) == 0)
		return;
	assert_int_equal(
	    sscanf(answer->head, "HTTP/1.1 %d ", &answer->status), 1);
	length = raw_header(answer, "Content-Length");
	if (length != NULL)
		answer->length = strtoull(length, NULL, 10);
	free(length);
	if (!head_only)
		read_body(fd, answer);
}

bool
raw_is_closed(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) == 0;
}

int
raw_ask(int port, const char *request, struct raw_answer *answer)
{
	int fd = raw_dial(port);

	raw_send_str(fd, request);
	raw_read(fd, answer, false);
	close(fd);
	return answer->status;
}

long
raw_stat(int port, const char *name)
{
	struct raw_answer answer;
	char *key = xasprintf("%s=", name);
	const char *at;
	long value;

	assert_int_equal(
	    raw_ask(port, "GET /stats HTTP/1.1\r\nHost: a\r\n\r\n", &answer),
	    200);
	at = strstr(answer.body, key);
	assert_non_null(at);
	value = strtol(at + strlen(key), NULL, 10);
	free(key);
	return value;
}

void
raw_await_stat(int port, const char *name, long value)
{
	struct raw_answer answer;

	for (int i = 0; i < MAX_ASKS; i++) {
		if (raw_stat(port, name) == value)
			return;
		/* The server's own timer paces us. */
		raw_ask(
		    port, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n", &answer);
	}
	fail_msg("%s is %ld, not %ld", name, raw_stat(port, name), value);
}
