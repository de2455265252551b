/*
 * The insides of the HTTP client, for its own files only:
 *   http_client.c        libcurl's multi interface on our loop
 *   http_client_call.c   the life of one request
 *   http_client_url.c    which URLs are taken
 *   http_client_easy.c   what libcurl is told about a request
 *   http_client_pieces.c an answer that is handed on as it comes
 *   http_client_name.c   names to addresses, remembered for a while
 *
 * No callback of libcurl or evdns calls the user's code: an end is noted
 * there and told from the loop (http_call_end).
 */
#ifndef COMMON_HTTP_CLIENT_IMPL_H
#define COMMON_HTTP_CLIENT_IMPL_H

#include <curl/curl.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/http_client.h"

struct event;
struct http_name;
struct http_names;

enum {
	HTTP_CONNECT_TIMEOUT_MS = 5000,
	HTTP_MAX_ANSWER_HEADERS = 65536, /* bytes */
	HTTP_PIECES_AHEAD = 262144,	 /* kept of an answer handed on */
	HTTP_IDLE_HANDLES = 16,
};

struct http_call {
	LIST_ENTRY(http_call) link;
	TAILQ_ENTRY(http_call) wait; /* for a name */
	struct http_client *client;
	struct http_name *name; /* being resolved */
	CURL *easy;
	bool added; /* to the multi handle */
	CURLU *url;
	char *host; /* without brackets */
	int port;
	bool is_literal; /* host is an address */
	bool is_check;	 /* nothing is to be sent */
	struct curl_slist *headers, *pinned;
	void *body;
	int file_fd; /* or the body is read from here; -1 */
	uint64_t file_offset, file_len, file_at;
	struct event *deadline;
	struct event *kick; /* to tell an end later */

	/* An answer that is handed on. */
	struct event *piece; /* there is something to hand on */
	void (*on_head)(const struct http_answer *, void *);
	void (*on_data)(const void *, size_t, void *);
	uint64_t max_stream, streamed;
	bool head_told, is_paused; /* paused: by the user */
	bool is_held;		   /* libcurl is told to wait */
	bool is_over;		   /* libcurl has finished, with */
	CURLcode code;
	int busy;  /* callbacks on the stack */
	bool dead; /* cancelled in one */

	struct buf answer;
	size_t max_answer, header_bytes;
	bool head_done; /* the empty line behind the headers has come */
	int64_t started_us, sent_us;
	const char *why;
	char detail[CURL_ERROR_SIZE];
	char said[CURL_ERROR_SIZE]; /* by libcurl */
	void (*on_done)(const struct http_answer *, void *);
	void *arg;
};

LIST_HEAD(http_calls, http_call);
TAILQ_HEAD(http_waiters, http_call);

struct http_client {
	struct event_base *base;
	struct http_client_options options;
	char *ca_file;
	CURLM *multi;
	struct event *timer;
	struct http_names *names;
	struct http_calls calls;
	CURL *idle[HTTP_IDLE_HANDLES]; /* reset, for the next calls */
	size_t n_idle;
	int busy; /* callbacks on the stack */
	bool dead;
};

/* http_client.c */
void http_client_enter(struct http_client *);
void http_client_leave(struct http_client *); /* may free it */
/* A handle with nothing set; and back, when it is on no multi handle. */
CURL *http_client_take_easy(struct http_client *);
void http_client_give_easy(struct http_client *, CURL *);

/* http_client_call.c */
void http_call_free(struct http_call *);
/* libcurl has finished with it. Calls on_done and frees the call. */
void http_call_finish(struct http_call *, CURLcode);
/* The name is resolved: "a,b,..", or NULL and why not. */
void http_call_resolved(struct http_call *, const char *addresses,
    bool is_public, const char *why_not);

/* Note why it has failed; the first reason stays. Always -1. */
int http_call_blame(struct http_call *, const char *why, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What the callbacks are told. */
void http_call_fill(struct http_call *, struct http_answer *);
/* Tell how it ended, and free it. */
void http_call_end(struct http_call *);

/* http_client_pieces.c */
void http_pieces_set_up(struct http_call *, const struct http_call_options *);
void http_pieces_clear(struct http_call *);
/* Whether this answer is one that is handed on. */
bool http_pieces_takes(struct http_call *);
/* Bytes of it: n, or what libcurl is to be told instead. */
size_t http_pieces_put(struct http_call *, const void *, size_t n);
/* libcurl has finished: the end is told behind the last byte. */
void http_pieces_over(struct http_call *, CURLcode);

/* http_client_url.c: 0, or -1 and blamed. */
int http_call_check_url(struct http_call *, const char *url);

/* http_client_easy.c: 0, or -1 and blamed. */
int http_call_set_up(struct http_call *, const struct http_call_options *);

/* http_client_name.c */
struct http_names *http_names_new(struct event_base *, const char *nameserver);
/* Lookups under way end by themselves when the loop goes on. */
void http_names_free(struct http_names *);
/* Ends in http_call_resolved(), perhaps before it returns. */
void http_names_resolve(struct http_names *, struct http_call *);
void http_names_forget(struct http_call *); /* it waits no longer */
/* Its addresses are asked for again before the next call. */
void http_names_doubt(struct http_names *, const char *host);

#endif
