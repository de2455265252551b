/*
 * The HTTP/1.1 server all our doors stand on: strict, bounded, streaming.
 *
 * Strict: what two parsers could read in two ways is refused and the
 * connection closed (duplicate or signed Content-Length, CL with TE, a space
 * before the colon, NUL, bare LF, obs-fold, a missing Host, odd chunk sizes).
 * Bounded: everything has a limit and a deadline (struct http_limits).
 * Streaming: a body goes to its reader as it arrives and can be paused; a
 * whole body is only gathered for routes that ask, up to their max_body.
 *
 * Ownership: a struct http_req belongs to the server and lives until it has
 * been answered, even when its client has gone (the answer is then dropped).
 * Every request must be answered exactly once, at any later time. Callbacks
 * run on the loop, never inside the function that started them.
 *
 * Gated: a route that names roles is for those whom a gate admits. What roles
 * there are is the gate's affair; to the server they are bits.
 *
 * A client that closes its side while it waits for an answer has gone.
 * SIGPIPE is ignored from http_server_new() on.
 */
#ifndef COMMON_HTTP_SERVER_H
#define COMMON_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct json_t;
struct http_req;
struct http_server;
struct metrics;

struct http_limits {
	size_t max_header_bytes; /* request line and headers: 431 */
	size_t max_headers;	 /* number of them: 431 */
	size_t max_connections;	 /* further ones wait, unless one is idle */
	int header_timeout_ms;	 /* first byte to last header: 408 */
	int body_timeout_ms;	 /* in which a KiB of a body must come: 408 */
	int idle_timeout_ms;	 /* keep-alive between requests */
	int write_timeout_ms;	 /* a reader that takes nothing is cut off */
};

extern const struct http_limits http_default_limits;

struct http_route {
	const char *method; /* "GET"; HEAD is answered by GET's handler */
	const char *path;   /* "/v1/jobs/{id}"; {name} is one segment */
	uint64_t max_body;  /* bytes; 0: a body is refused with 413 */
	/*
	 * false: the whole body is gathered before the handler runs.
	 * true: the handler runs at the headers and calls http_req_read().
	 */
	bool streams;
	void (*handler)(struct http_req *, void *arg);
	unsigned roles; /* who may use it, as the gate has it; 0: anybody */
};

/* routes ends with a NULL method, and must outlive the server. */
struct http_server *http_server_new(struct event_base *,
    const struct http_route *routes, const struct http_limits *, void *arg);
/* Closes all, tells nobody, and frees the requests not yet answered: stop
 * first what would answer them. NULL is fine. */
void http_server_free(struct http_server *);

/* "127.0.0.1:8000", "[::1]:0", "unix:/path". 0, or -1. Port 0: any free. */
int http_server_listen(struct http_server *, const char *address, struct err *);
int http_server_port(const struct http_server *); /* of the last listen */

/* Stop accepting; on_idle runs when the last request has been answered. */
void http_server_drain(
    struct http_server *, void (*on_idle)(void *), void *arg);

/*
 * The gate: called at the headers of each request of a route with roles,
 * before its handler, while none of its body is read. It answers, or calls
 * http_req_admit(), then or later; a request that it admits is the server's
 * again, and gone if its client is. Without a gate nobody is asked.
 */
void http_server_set_gate(
    struct http_server *, void (*gate)(struct http_req *, void *arg));
void http_req_admit(struct http_req *);
unsigned http_req_roles(const struct http_req *); /* of its route */

/* What the gate knows of who asks; free_user (NULL is fine) is called once, by
 * the end of the request. NULL: nothing was set. */
void http_req_set_user(
    struct http_req *, void *user, void (*free_user)(void *));
void *http_req_user(const struct http_req *);

/*
 * Refusals in another form than problem details, for the paths of a door that
 * has its own: those of http_reply_problem and the server's, once the path is
 * known. NULL: as usual; else the body, application/json, freed by the server.
 */
typedef char *http_problem_form(
    const char *path, int status, const char *code, const char *detail);
void http_server_set_problems(struct http_server *, http_problem_form *);

/* Count all answers from now on, the server's own among them, as a counter of
 * that name by the class of their status: class="2xx". */
void http_server_count(
    struct http_server *, struct metrics *, const char *name, const char *help);

/* The request. Strings are borrowed until it is answered. */
const char *http_req_method(const struct http_req *);
const char *http_req_path(const struct http_req *); /* decoded, no query */
const char *http_req_param(const struct http_req *, const char *name);
/* First value of a query parameter, decoded; NULL if absent. */
const char *http_req_query(const struct http_req *, const char *name);
const char *http_req_header(const struct http_req *, const char *name);
const char *http_req_peer(const struct http_req *); /* "127.0.0.1" */
const char *http_req_id(const struct http_req *);   /* X-Request-Id, ours */
const void *http_req_body(const struct http_req *, size_t *len);
uint64_t http_req_received_us(const struct http_req *); /* mono, first byte */

/*
 * Read a streamed body. on_data is called with each piece; on_end once, with
 * ok false if the client went away, was too slow, sent more than max_body or
 * sent nonsense. The client then has the server's answer, and yours, which
 * the request still needs in order to be freed, is dropped. An answer given
 * earlier ends the reading: no callback follows, and the connection closes.
 */
void http_req_read(struct http_req *,
    void (*on_data)(struct http_req *, const void *, size_t, void *arg),
    void (*on_end)(struct http_req *, bool ok, void *arg), void *arg);
/* Up to 128 KiB stay with us while it is paused, the rest at the client. */
void http_req_pause(struct http_req *);
void http_req_resume(struct http_req *);

/*
 * Answer. Headers first, of which the last of a name counts; reply once, after
 * which the request is gone. body is copied. Date, X-Request-Id, Content-Length
 * and Connection are the server's.
 */
void http_reply_header(struct http_req *, const char *name, const char *value);
void http_reply(struct http_req *, int status, const char *content_type,
    const void *body, size_t len);
/* The rest of fd from offset, len bytes; fd is closed by the server. */
void http_reply_file(struct http_req *, int status, const char *content_type,
    int fd, uint64_t offset, uint64_t len);
/*
 * An answer in pieces, each sent as it comes: begin once, when the body has
 * been read, write as often as there is something, end once, after which the
 * request is gone. An HTTP/1.0
 * client has the bytes as they are, and the connection closes at the end; the
 * others have chunks. No deadline but that of a reader that takes nothing:
 * http_stream_write says how many bytes wait for him (write none, to be told
 * alone), and whoever has more to say than he reads stops there. A client that
 * goes is told of by http_req_on_gone; what is written to him is dropped.
 */
void http_stream_begin(struct http_req *, int status, const char *content_type);
size_t http_stream_write(struct http_req *, const void *, size_t);
void http_stream_end(struct http_req *);

/* The same of so many bytes, which the client is told first. Fewer end the
 * connection, so that it knows; more are dropped. */
void http_stream_begin_sized(
    struct http_req *, int status, const char *content_type, uint64_t len);
/* The rest does not come: the connection ends without the answer's end. */
void http_stream_cut(struct http_req *);
/* Told once, from the loop, when the reader has taken all but 64 KiB of what
 * was written. */
void http_stream_on_room(
    struct http_req *, void (*)(struct http_req *, void *), void *arg);

/* RFC 9457: {"type","title","status","code","detail","instance","request_id"};
 * type is /errors/CODE, instance the path. A 503 says Retry-After. */
void http_reply_problem(struct http_req *, int status, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same with further members, an object that is taken. */
void http_reply_problem_more(struct http_req *, int status, const char *code,
    const char *detail, struct json_t *more);

/*
 * Told once if the client goes away before the answer, after on_end(false)
 * if a body was being read; NULL to unset. While a body is paused or nobody
 * has asked for it yet, a client that goes is not noticed.
 */
void http_req_on_gone(
    struct http_req *, void (*)(struct http_req *, void *), void *arg);

const char *http_status_title(int status);

#endif
