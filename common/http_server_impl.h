/*
 * The insides of the HTTP server, for its own files only:
 *   http_server.c        its life, from new to drained
 *   http_server_listen.c addresses, accepting
 *   http_server_conn.c   a connection: sockets, timers, closing
 *   http_server_parse.c  bytes to requests
 *   http_server_body.c   ... and their bodies
 *   http_server_req.c    what handlers ask of a request
 *   http_server_reply.c  answers
 *   http_server_guard.c, http_server_path.c   pure checks
 *
 * Deferring: user callbacks run only under conn->busy or server->busy, and
 * what they close is freed by the outermost caller when that count is back
 * at zero. Whoever has called a callback looks at conn->dead before going on.
 */
#ifndef COMMON_HTTP_SERVER_IMPL_H
#define COMMON_HTTP_SERVER_IMPL_H

#include <http_parser.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/http_server.h"
#include "common/http_server_guard.h"
#include "common/http_server_path.h"

struct evbuffer;
struct evconnlistener;
struct event;

struct metric;

enum {
	HTTP_CLASSES = 5,	   /* of statuses: 1xx to 5xx */
	HTTP_READ_SIZE = 65536,	   /* one read of a socket */
	HTTP_READ_AHEAD = 65536,   /* kept while a request is answered */
	HTTP_WRITE_AHEAD = 65536,  /* answers queued before we stop reading */
	HTTP_BODY_PROGRESS = 1024, /* bytes that earn a new body timeout */
	HTTP_MAX_CHUNK_LINE = 256,
	HTTP_MAX_PARSER_HEADERS = 65536, /* below libhttp-parser's own limit */
	HTTP_LINGER_MS = 5000,		 /* for the client to read our answer */
	HTTP_ACCEPT_RETRY_MS = 200,	 /* when full, or out of descriptors */
	HTTP_QUIET_MS = 1000, /* without a request: may be closed for others */
	HTTP_ID_LEN = 64,
};

/* What a connection waits for. */
enum http_phase {
	CONN_IDLE,   /* the first byte of a request */
	CONN_HEAD,   /* the rest of its head */
	CONN_BODY,   /* its body */
	CONN_WAIT,   /* the handler's answer */
	CONN_FLUSH,  /* the client to take the answer, then close */
	CONN_LINGER, /* the client to close, its bytes thrown away */
};

/* What its timer watches. */
enum http_watch {
	WATCH_NOTHING,
	WATCH_IDLE,
	WATCH_HEAD,
	WATCH_BODY,
	WATCH_WRITE,
	WATCH_LINGER,
};

/* Where in a chunked body we are. */
enum http_chunk { CHUNK_LINE, CHUNK_DATA, CHUNK_END, CHUNK_TRAILER };

struct http_conn {
	TAILQ_ENTRY(http_conn) link;
	struct http_server *server;
	int fd;
	struct event *readable, *writable;
	struct event *timer; /* one deadline at a time */
	struct event *kick;  /* go on with what is buffered */
	char peer[64];

	enum http_phase phase;
	struct buf in; /* read, not parsed */
	struct evbuffer *out;
	bool eof;     /* the client sends no more */
	bool blank;   /* an empty line in front of the request was skipped */
	bool unread;  /* the client may still be sending: linger */
	bool reading; /* readable is added */
	bool writing; /* writable is added */
	enum http_watch watch; /* what timer is set for */
	bool moved;	       /* something happened: set it anew */
	int64_t quiet_us; /* when it was idle last, to begin with at once */
	int busy;	  /* callbacks on the stack */
	bool dead;	  /* free when not busy */

	/* The request being read or answered. */
	struct http_req *req; /* from its last header to its answer */
	uint64_t first_byte_us;
	size_t line;	/* where in the head the current line begins */
	size_t headers; /* lines seen so far */
	http_parser parser;
	uint64_t remaining; /* of the body or the chunk */
	enum http_chunk chunk;
	size_t trailer_bytes;
	uint64_t body_bytes;
	size_t progress;	   /* body bytes since the timer was set */
	bool head_done, body_done; /* said by the parser */
	const char *piece;	   /* of the body, said by the parser */
	size_t piece_len;
};

struct http_req {
	LIST_ENTRY(http_req) link;
	struct http_server *server;
	struct http_conn *conn; /* NULL: the client is gone */
	const struct http_route *route;
	uint64_t received_us;
	char id[HTTP_ID_LEN + 1];
	char peer[64];

	char *head; /* a copy of the head, cut into strings */
	const char *method;
	char *path;
	char *segments; /* the path with NULs for slashes */
	char *query;
	struct http_header *headers;
	size_t n_headers;
	struct http_header *pairs; /* of the query; made when asked for */
	size_t n_pairs;
	struct http_param params[HTTP_MAX_PARAMS];
	size_t n_params;
	bool is_head, is_http_1_0, keep_alive;
	bool wants_continue; /* ... and has not got it */

	struct buf body; /* when it is gathered */
	bool gated;	 /* the gate has not decided yet */
	bool begun;	 /* it goes on to its handler, or its body */
	bool started;	 /* the gate or the handler has it, and will answer */
	bool read_called, paused, ended;
	void (*on_data)(struct http_req *, const void *, size_t, void *);
	void (*on_end)(struct http_req *, bool, void *);
	void *read_arg;
	void (*on_gone)(struct http_req *, void *);
	void *gone_arg;
	struct event *late_end; /* on_end of a read after the client left */
	void *user;
	void (*free_user)(void *);

	struct buf extra; /* headers of the answer */
	int busy;	  /* callbacks on the stack */
	bool streaming;	  /* the answer has begun, and goes on */
	bool chunked;	  /* in chunks */
	bool sized;	  /* or of a length that was said, of which */
	uint64_t unsent;  /* so much is to come */
	void (*on_room)(struct http_req *, void *);
	void *room_arg;
	bool answered; /* free when not busy */
};

TAILQ_HEAD(http_conns, http_conn);
LIST_HEAD(http_reqs, http_req);

struct http_listener {
	struct http_listener *next;
	struct evconnlistener *ev;
	char *unlink_path; /* of a unix socket */
};

struct http_server {
	struct event_base *base;
	const struct http_route *routes;
	struct http_limits limits;
	void (*gate)(struct http_req *, void *);
	void *arg;
	http_problem_form *problems;	      /* or NULL */
	struct metric *answers[HTTP_CLASSES]; /* NULL: nobody counts them */
	struct http_listener *listeners;
	int port;
	bool accepting, draining;
	struct event *accept_retry;
	struct event *idle_kick;
	void (*on_idle)(void *);
	void *idle_arg;
	struct http_conns conns; /* the longest without a request first */
	struct http_reqs reqs;	 /* made and not yet freed */
	size_t n_conns;
	int busy;
	bool dead;
	uint8_t random[256];
	size_t random_left;
	char date[40]; /* of the Date header */
	int64_t date_s;
	char scratch[HTTP_READ_SIZE];
};

/* http_server.c */
void http_server_enter(struct http_server *);
void http_server_leave(struct http_server *); /* may free it */
void http_server_check(struct http_server *); /* something has ended */
void http_server_make_id(struct http_server *, char out[17]);

/* http_server_listen.c */
void http_server_accept(struct http_server *, bool);
void http_server_close_listeners(struct http_server *);
void http_server_on_retry(int fd, short what, void *server);

/* http_server_conn.c */
void http_conn_new(struct http_server *, int fd, const char *peer);
void http_conn_free(struct http_conn *);
void http_conn_enter(struct http_conn *);
void http_conn_leave(struct http_conn *); /* may free it */
/* After a change of phase: the deadline, whether to read, what to write. */
void http_conn_settle(struct http_conn *);
void http_conn_kick(struct http_conn *);
/* It ends, for others, if it has no request and had none since then. */
bool http_conn_give_way(struct http_conn *, int64_t since_us);
/* We refuse the request being read: answer it ourselves and close. */
void http_conn_fail(struct http_conn *, const struct http_fault *);

/* http_server_parse.c */
size_t http_parse(struct http_conn *, const char *, size_t); /* bytes used */
/* Give libhttp-parser a piece it must take whole; -1: refused, answered. */
int http_parse_give(struct http_conn *, const char *, size_t);
void http_run_handler(struct http_req *);
/* The request may be: a streamed one to its handler, another on to its body. */
void http_begin(struct http_req *);

/* http_server_body.c: as http_parse, of the body only. */
size_t http_step_body(struct http_conn *, const char *, size_t);

/* http_server_req.c */
struct http_req *http_req_new(struct http_conn *);
void http_req_free(struct http_req *);
void http_req_release(struct http_req *); /* answered: free if not busy */
void http_req_end(struct http_req *, bool ok);
/* The connection is no more: tell the handler. May free the request. */
void http_req_lost(struct http_req *);

/* http_server_reply.c */
void http_reply_fault(struct http_conn *, const struct http_fault *);
void http_reply_continue(struct http_req *);
void http_reply_allow(struct http_req *); /* 405 */

#endif
