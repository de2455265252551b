/*
 * A request's body, read as a form or as JSON (form.h).
 */
#ifndef ORCHESTRATOR_BODY_H
#define ORCHESTRATOR_BODY_H

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

#endif
