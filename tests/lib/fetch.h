/*
 * HTTP for tests and the demonstration: synchronous, on libcurl, without
 * redirects or proxies.
 */
#ifndef TESTS_FETCH_H
#define TESTS_FETCH_H

#include <jansson.h>
#include <stddef.h>

struct fetch_part { /* of multipart/form-data */
	const char *name;
	const char *filename;	  /* NULL: a plain field */
	const char *content_type; /* NULL: none */
	const void *data;
	size_t len;
};

struct fetch_ask {
	const char *method; /* NULL: GET, or POST if there is a body */
	const char *url;
	const char *const *headers; /* "Name: value", ends with NULL; or NULL */
	const void *body;	    /* NULL: none */
	size_t len;
	const struct fetch_part *parts; /* ends with a NULL name; or NULL */
	const char *unix_socket;	/* NULL: TCP */
	int timeout_ms;			/* 0: 30000 */
};

struct fetch_answer {
	int status; /* 0: none, see why */
	char *body; /* NUL behind it */
	size_t len;
	char *headers; /* as they came */
	double seconds;
	char why[256];
};

/* 0 if there is an answer, of any status; else -1, and why. Clear it in
 * either case. */
int fetch(const struct fetch_ask *, struct fetch_answer *);
int fetch_get(const char *url, struct fetch_answer *);
int fetch_post_json(const char *url, const char *json, struct fetch_answer *);
void fetch_clear(struct fetch_answer *);

/* The body as JSON, the caller's to decref; NULL if it is none. */
json_t *fetch_json(const struct fetch_answer *);
/* A header's value, the caller's to free; NULL if it is not there. */
char *fetch_header(const struct fetch_answer *, const char *name);

#endif
