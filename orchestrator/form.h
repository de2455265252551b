/*
 * A request's body as it comes: multipart/form-data with small text fields
 * and at most one file, which goes straight to the blobs; the same without a
 * file as application/x-www-form-urlencoded; or one JSON value.
 */
#ifndef ORCHESTRATOR_FORM_H
#define ORCHESTRATOR_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blob_writer;
struct blobs;
struct err;
struct form;

/* Little more than its file; no kind takes a larger one. */
#define FORM_MAX_BODY (5ull * 1024 * 1024 * 1024)

enum { FORM_MAX_FIELD = 65536, FORM_MAX_JSON = 4 * 1024 * 1024 };

/* file_part is the name of the part whose bytes are the file. NULL if the
 * content type is none of these. */
struct form *form_new(struct blobs *, const char *content_type,
    const char *file_part, uint64_t max_file_bytes, struct err *);
/* Before it is fed: fields may have so many bytes. */
void form_widen(struct form *, size_t max_field);
void form_free(struct form *); /* drops a file not taken; NULL is fine */

enum form_fault {
	FORM_GOOD,
	FORM_MALFORMED,
	FORM_TOO_LARGE, /* the file, a field, or the JSON */
	FORM_UNSTORED,	/* our disk */
};

/* After a failure further bytes are passed over; form_finish has the reason,
 * and form_fault, at once, what sort of failure it is. */
void form_feed(struct form *, const void *, size_t);
int form_finish(struct form *, struct err *);
enum form_fault form_fault(const struct form *);

/* The HTTP status and code that go with a fault. */
int form_fault_status(enum form_fault);
const char *form_fault_code(enum form_fault);

/* NULL: there is none, or it holds a NUL and is no text. */
const char *form_field(const struct form *, const char *name);
/* Whether there is one of that name, text or not. */
bool form_has(const struct form *, const char *name);
/* The nth of those of one name, from 0; NULL if there are no more. */
const char *form_field_nth(const struct form *, const char *name, size_t n);
const json_t *form_json(const struct form *); /* of a JSON body, or NULL */
/* What its sender calls the file; "" if no file, or no name. */
const char *form_file_name(const struct form *);
const char *form_file_type(const struct form *); /* as said; "" if no file */
uint64_t form_file_bytes(const struct form *);
uint64_t form_json_bytes(const struct form *);
struct blob_writer *form_take_file(struct form *); /* NULL if there is none */

#endif
