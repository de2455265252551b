/*
 * HTTP requests to other people's servers, on libcurl and our loop.
 *
 * The address is resolved first, checked (no private, loopback, link-local,
 * multicast or mapped ranges, unless the client is told to allow them), and
 * pinned: the address checked is the one connected to. No redirects, no
 * proxies, no cookies. Every request has a deadline and a size limit.
 *
 * What is large goes in pieces: a request's body can be a stretch of a file,
 * and a good answer's can be handed on as it comes, and be paused.
 */
#ifndef COMMON_HTTP_CLIENT_H
#define COMMON_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct http_client;
struct http_call;

struct http_client_options {
	bool allow_private;	/* development: plain http and loopback, too */
	bool allow_plain;	/* plain http, to a URL whose host is an IP */
	size_t max_connections; /* in all; more wait */
	size_t max_host_connections; /* to one host */
	size_t max_idle;	/* kept for another call; 0: max_connections */
	const char *ca_file;	/* certificates to trust; NULL: the system's */
	const char *nameserver; /* "127.0.0.1:53"; NULL: the system's */
};

struct http_client *http_client_new(
    struct event_base *, const struct http_client_options *);
void http_client_free(struct http_client *); /* cancels; NULL is fine */

struct http_answer {
	int status; /* 0: no answer, see why */
	const char *content_type;
	const char *retry_after; /* that header's value, or "" */
	const void *body;
	size_t len;
	const char *why;	/* "connect", "timeout", "too_large", "tls",
				   "resolve", "refused_address", "reset", ... */
	const char *detail;	/* a sentence for the log */
	int64_t started_us;	/* mono: request handed to the socket layer */
	int64_t sent_us;	/* mono: the last byte of it written, or 0 */
	int64_t finished_us;	/* mono */
	struct http_call *call; /* for http_answer_header */
};

/* The value of a header of the answer, "" if it has none; borrowed until the
 * callback that was given the answer returns. */
const char *http_answer_header(const struct http_answer *, const char *name);

struct http_call_options {
	const char *method; /* "POST" */
	const char *url;
	const char *const *headers; /* "Name: value", ends with NULL */
	const void *body;	    /* copied */
	size_t body_len;
	bool from_file; /* the body is this stretch of a file: */
	int file_fd;	/* borrowed until the call is gone */
	uint64_t file_offset, file_len;
	int timeout_ms;		/* the whole of it */
	int connect_timeout_ms; /* 0: 5000 */
	int stall_s;		/* not a byte either way; 0: no limit */
	size_t max_answer;	/* bytes of body */
	bool is_once;		/* on a connection of its own */
	bool is_untimed;	/* nobody asks for sent_us, and it is 0 */
	/*
	 * Set: the body of an answer of 2xx is not kept but handed on, at
	 * most max_stream bytes of it; on_head comes before its first byte.
	 * Both from the loop, where the call may be paused or cancelled.
	 */
	void (*on_head)(const struct http_answer *, void *arg);
	void (*on_data)(const void *, size_t, void *arg);
	uint64_t max_stream;
};

/*
 * on_done runs once, later, never after http_call_cancel(); the call is gone
 * once it has returned. Inside it calls may be started and cancelled and the
 * client be freed. A request may reach the server twice if a connection kept
 * from an earlier one breaks before any byte of the answer: libcurl then
 * sends it again on a new one. Not so with is_once.
 */
struct http_call *http_call_start(struct http_client *,
    const struct http_call_options *,
    void (*on_done)(const struct http_answer *, void *arg), void *arg);
void http_call_cancel(struct http_call *);

/* No on_data, and no on_done, until it is resumed; the deadline goes on. Some
 * 256 KiB stay with us meanwhile, the rest with the server. */
void http_call_pause(struct http_call *);
void http_call_resume(struct http_call *);

/*
 * Only whether a URL could be asked: its form, and where its name leads at
 * this moment. Nothing is connected to. on_done as above; status is 0, and
 * why NULL if it could.
 */
struct http_call *http_call_check(struct http_client *, const char *url,
    int timeout_ms, void (*on_done)(const struct http_answer *, void *arg),
    void *arg);

/* A URL in one form, without its fragment, if a client would take it before
 * it knows where its name leads; the caller frees. NULL and why. Pure. */
char *http_url_clean(const char *url, bool allow_private, struct err *);

/* Whether an address may be connected to by a client that is not told to
 * allow private ones. Pure; exported for tests. */
struct sockaddr;
bool http_address_is_public(const struct sockaddr *);

#endif
