/* A miner that keeps what it is sent. */
#include "tests/lib/recorder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/proc.h"

enum { PATIENCE_S = 10, TAKE_MS = 30000, MAX_REQUEST = 1 << 20 };

struct recording {
	char *text;
	STAILQ_ENTRY(recording) link;
};

struct recorder {
	int fd, port;
	const char *capacity;
	pthread_t thread;
	pthread_mutex_t lock; /* of the recordings, and the probe */
	char *probe;
	STAILQ_HEAD(, recording) recordings;
};

const char *
recorder_body(const char *request)
{
	const char *end = strstr(request, "\r\n\r\n");

	return end != NULL ? end + 4 : NULL;
}

/* -- the thread's side --------------------------------------------------- */

static bool
is_whole(const char *request, size_t len)
{
	const char *body = recorder_body(request);
	const char *length = strcasestr(request, "\r\nContent-Length:");
	size_t bytes = 0;

	if (body == NULL)
		return false;
	if (length != NULL && length < body)
		bytes = strtoul(strchr(length, ':') + 1, NULL, 10);
	return len >= (size_t)(body - request) + bytes;
}

/* The caller frees; NULL if it does not come whole. */
static char *
read_request(int fd)
{
	struct buf got = {0};
	char piece[4096];
	ssize_t n;

	while (got.len < MAX_REQUEST &&
	       (n = recv(fd, piece, sizeof(piece), 0)) > 0) {
		buf_add(&got, piece, n);
		if (is_whole(buf_str(&got), got.len))
			return buf_take_str(&got);
	}
	buf_free(&got);
	return NULL;
}

static void
reply(int fd, const char *status, const char *body)
{
	char *text = xasprintf("HTTP/1.1 %s\r\nContent-Type: application/json"
			       "\r\nContent-Length: %zu\r\nConnection: close"
			       "\r\n\r\n%s",
	    status, strlen(body), body);
	ssize_t n = send(fd, text, strlen(text), MSG_NOSIGNAL);

	if (n != (ssize_t)strlen(text))
		fprintf(stderr, "recorder: an answer was not taken\n");
	free(text);
}

/* Kept before it is answered: what is answered can be taken. */
static void
serve_one(struct recorder *r, int fd)
{
	struct timeval patience = {PATIENCE_S, 0};
	struct recording *kept;
	char *text;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	text = read_request(fd);
	if (text == NULL)
		return;
	if (strncmp(text, "POST ", 5) != 0) {
		pthread_mutex_lock(&r->lock);
		free(r->probe);
		r->probe = text;
		pthread_mutex_unlock(&r->lock);
		reply(fd, "200 OK", r->capacity);
		return;
	}
	kept = xcalloc(1, sizeof(*kept));
	kept->text = text;
	pthread_mutex_lock(&r->lock);
	STAILQ_INSERT_TAIL(&r->recordings, kept, link);
	pthread_mutex_unlock(&r->lock);
	reply(fd, "202 Accepted", "{}");
}

static void *
serve(void *arg)
{
	struct recorder *r = arg;
	int fd;

	while ((fd = accept(r->fd, NULL, NULL)) >= 0) {
		serve_one(r, fd);
		close(fd);
	}
	return NULL;
}

/* -- the test's side ------------------------------------------------------ */

static int
listen_on_loopback(struct recorder *r)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (r->fd < 0 || bind(r->fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(r->fd, SOMAXCONN) != 0 ||
	    getsockname(r->fd, (struct sockaddr *)&a, &len) != 0)
		return -1;
	r->port = ntohs(a.sin_port);
	return 0;
}

struct recorder *
recorder_new(const char *capacity)
{
	struct recorder *r = xcalloc(1, sizeof(*r));

	r->capacity = capacity;
	STAILQ_INIT(&r->recordings);
	pthread_mutex_init(&r->lock, NULL);
	if (listen_on_loopback(r) == 0 &&
	    pthread_create(&r->thread, NULL, serve, r) == 0)
		return r;
	perror("recorder");
	if (r->fd >= 0)
		close(r->fd);
	free(r);
	return NULL;
}

static char *
take_one(struct recorder *r)
{
	struct recording *first;
	char *text = NULL;

	pthread_mutex_lock(&r->lock);
	first = STAILQ_FIRST(&r->recordings);
	if (first != NULL) {
		STAILQ_REMOVE_HEAD(&r->recordings, link);
		text = first->text;
		free(first);
	}
	pthread_mutex_unlock(&r->lock);
	return text;
}

char *
recorder_take(struct recorder *r)
{
	int64_t until_us = clock_mono_us() + TAKE_MS * 1000LL;
	char *text;

	while ((text = take_one(r)) == NULL && clock_mono_us() < until_us)
		proc_nap();
	if (text == NULL)
		fprintf(stderr, "recorder: no request in %d ms\n", TAKE_MS);
	return text;
}

char *
recorder_probe(struct recorder *r)
{
	char *text;

	pthread_mutex_lock(&r->lock);
	text = r->probe != NULL ? xstrdup(r->probe) : NULL;
	pthread_mutex_unlock(&r->lock);
	return text;
}

int
recorder_port(const struct recorder *r)
{
	return r->port;
}

void
recorder_free(struct recorder *r)
{
	char *text;

	if (r == NULL)
		return;
	shutdown(r->fd, SHUT_RDWR); /* accept returns */
	pthread_join(r->thread, NULL);
	close(r->fd);
	while ((text = take_one(r)) != NULL)
		free(text);
	pthread_mutex_destroy(&r->lock);
	free(r->probe);
	free(r);
}
