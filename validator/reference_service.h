/*
 * Asking a reference service, a few questions at a time.
 *
 * Each question is a row that we took; the answer, or why there is none, goes
 * to the same row, and nobody is asked twice but after we died. While the
 * service fails (a circuit breaker) it is left alone: no answer of a service
 * ever lowers anybody's score by being missing.
 */
#ifndef VALIDATOR_REFERENCE_SERVICE_H
#define VALIDATOR_REFERENCE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/blobs.h"
#include "validator/reference_wire.h"

struct event_base;
struct metrics;
struct reference_service;
struct store;

struct reference_service_setup {
	struct event_base *base;
	struct store *store;
	struct metrics *metrics;
	/* Strings are borrowed for as long as it lives. */
	const char *url;	    /* "https://api.example.org" */
	const char *key;	    /* "": none is sent */
	struct blobs_options files; /* where jobs' files are */
	struct reference_models models;
	int64_t deadline_ms; /* of one question */
	int64_t wait_ms;     /* for another reference instead */
	bool has_trusted;    /* that may be a trusted miner's */
	int failures;	     /* in a row; it is out then, */
	int64_t out_ms;	     /* for so long at first */
	bool is_development; /* plain http and loopback, too */
	void (*on_settled)(void *arg);
	void *arg;
};

struct reference_service *reference_service_new(
    const struct reference_service_setup *);
void reference_service_free(struct reference_service *); /* NULL is fine */

/* Ask what is wanted, as far as there is room. */
void reference_service_look(struct reference_service *);
/* It failed and is not to be asked now. */
bool reference_service_is_out(const struct reference_service *);

/* Ask no more; what was asked is asked again by whoever comes next. */
void reference_service_close(struct reference_service *);
bool reference_service_is_idle(const struct reference_service *);

#endif
