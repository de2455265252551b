/* Pictures within an answer, a piece at a time. */
#include "orchestrator/openai_pictures.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/http_server.h"
#include "common/xalloc.h"
#include "orchestrator/openai_call.h"

enum {
	PIECE = 48 * 1024,	 /* of a picture; a multiple of 3 */
	MOST_AHEAD = 256 * 1024, /* that wait for the client to read */
	WAIT_MS = 20,
	PIECES_A_TURN = 4,
	VARIANT = sodium_base64_VARIANT_ORIGINAL,
};

struct openai_pictures {
	struct http_req *req;
	struct event *turn;
	int fds[OPENAI_MAX_JOBS];
	size_t n, at;
	bool is_open; /* the one at hand has begun */
	bool is_gone;
	int64_t created_s;
	char format[16];
};

static void on_turn(evutil_socket_t, short, void *);

struct openai_pictures *
openai_pictures_new(
    struct event_base *base, int64_t created_s, const char *type)
{
	struct openai_pictures *p = xcalloc(1, sizeof(*p));
	const char *slash = strchr(type, '/');

	p->created_s = created_s;
	snprintf(p->format, sizeof(p->format), "%s",
	    slash != NULL ? slash + 1 : "png");
	p->turn = evtimer_new(base, on_turn, p);
	return p;
}

void
openai_pictures_add(struct openai_pictures *p, int fd)
{
	assert(p->n < OPENAI_MAX_JOBS);
	p->fds[p->n++] = fd;
}

static void
pictures_free(struct openai_pictures *p)
{
	for (size_t i = p->at; i < p->n; i++)
		close(p->fds[i]);
	event_free(p->turn);
	free(p);
}

static void
write_str(struct openai_pictures *p, const char *s)
{
	http_stream_write(p->req, s, strlen(s));
}

/* A whole piece, or what is left of the file; 0 at its end. */
static size_t
read_piece(int fd, uint8_t *piece)
{
	size_t len = 0;

	while (len < PIECE) {
		ssize_t n = read(fd, piece + len, PIECE - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += n;
	}
	return len;
}

static void
close_picture(struct openai_pictures *p)
{
	write_str(p, p->at + 1 < p->n ? "\"}," : "\"}]}");
	close(p->fds[p->at++]);
	p->is_open = false;
}

static void
write_piece(struct openai_pictures *p)
{
	uint8_t piece[PIECE];
	char text[sodium_base64_ENCODED_LEN(PIECE, VARIANT)];
	size_t len = read_piece(p->fds[p->at], piece);

	if (!p->is_open)
		write_str(p, "{\"b64_json\":\"");
	p->is_open = true;
	if (len > 0) {
		sodium_bin2base64(text, sizeof(text), piece, len, VARIANT);
		write_str(p, text);
	}
	if (len < PIECE)
		close_picture(p);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct openai_pictures *p = arg;
	struct timeval again = {0, 0};

	(void)fd;
	(void)what;
	for (int i = 0; i < PIECES_A_TURN && p->at < p->n && !p->is_gone; i++) {
		if (http_stream_write(p->req, NULL, 0) > MOST_AHEAD) {
			again.tv_usec = WAIT_MS * 1000;
			break;
		}
		write_piece(p);
	}
	if (p->at < p->n && !p->is_gone) {
		event_add(p->turn, &again);
		return;
	}
	http_req_on_gone(p->req, NULL, NULL);
	http_stream_end(p->req);
	pictures_free(p);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct openai_pictures *p = arg;

	(void)req;
	p->is_gone = true;
	event_active(p->turn, EV_TIMEOUT, 1);
}

void
openai_pictures_send(struct openai_pictures *p, struct http_req *req)
{
	struct timeval now = {0, 0};
	char head[96];

	p->req = req;
	http_req_on_gone(req, on_gone, p);
	http_stream_begin(req, 200, "application/json");
	snprintf(head, sizeof(head),
	    "{\"created\":%" PRId64 ",\"output_format\":\"%s\",\"data\":[",
	    p->created_s, p->format);
	write_str(p, head);
	event_add(p->turn, &now);
}
