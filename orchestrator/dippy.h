/*
 * Dippy's front door, for clients and validators that know its orchestrator:
 * POST /listen and /listen/remote, and what anybody may read
 * (dippy_views.h). It is there if orchestrator.dippy_secret is configured.
 */
#ifndef ORCHESTRATOR_DIPPY_H
#define ORCHESTRATOR_DIPPY_H

#include <jansson.h>
#include <stdbool.h>

#include "common/http_server.h"

struct err;
struct kind;
struct kinds;
struct orchestrator;

extern const struct http_route dippy_routes[];

/* Whether the door is there; else the request was answered with 404. */
bool dippy_is_open(const struct orchestrator *, struct http_req *);

/* The kind that does Dippy's jobs of a type ("base-h100_pcie", "generate");
 * NULL: none is configured. Pure. */
const struct kind *dippy_kind(const struct kinds *, const char *job_type);

/*
 * A payload as the parameters of that kind: what the kind knows, with Dippy's
 * rules of seeds and steps; what only Dippy's orchestrator or nobody reads is
 * left out (docs/dippy.md). The caller decrefs; NULL, naming the field: it
 * has one that no miner would be given. Pure.
 */
json_t *dippy_params(const struct kind *, const json_t *payload, struct err *);

#endif
