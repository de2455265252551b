/*
 * A request's body, read as a form or as JSON (form.h).
 */
#ifndef ORCHESTRATOR_BODY_H
#define ORCHESTRATOR_BODY_H

#include <stddef.h>
#include <stdint.h>

struct form;
struct http_req;
struct orchestrator;
struct refusal;

/*
 * on_read is called once, now or later: with the form, which is the callee's,
 * or NULL and why there is none. What will be refused is not read to its end.
 * file_part, max_file_bytes: as form_new has them.
 */
void body_read(struct http_req *, struct orchestrator *, const char *file_part,
    uint64_t max_file_bytes,
    void (*on_read)(struct form *, const struct refusal *, void *arg),
    void *arg);

/* The same, with what is rarer. */
struct body_wish {
	const char *file_part;
	uint64_t max_file_bytes;
	size_t max_field; /* bytes of a field; 0: as forms have it */
	char *digest; /* of 65 bytes, of whoever reads, for as long: gets the
			 body's SHA-256 in hex before on_read; or NULL */
};
void body_read_as(struct http_req *, struct orchestrator *,
    const struct body_wish *,
    void (*on_read)(struct form *, const struct refusal *, void *arg),
    void *arg);

#endif
