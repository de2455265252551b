/* The routes of the API, and whose keys each takes. */
#include "tests/lib/api_routes.h"

#include "common/api_key.h"

enum {
	ORDER = ROLE_CLIENT | ROLE_OPERATOR | ROLE_ADMIN,
	READ = ORDER | ROLE_VALIDATOR,
};

const struct api_route api_routes_known[] = {
    {"POST", "/v1/jobs", ORDER},
    {"GET", "/v1/jobs/{id}", READ},
    {"DELETE", "/v1/jobs/{id}", ORDER},
    {"GET", "/v1/jobs/{id}/result", READ},
    {"GET", "/v1/miners", ROLES_ALL},
    {"GET", "/v1/scores/{hotkey}", ROLES_ALL},
    {"POST", "/v1/keys", ROLE_ADMIN},
    {"GET", "/v1/keys", ROLE_ADMIN},
    {"GET", "/v1/keys/{id}", ROLE_ADMIN},
    {"DELETE", "/v1/keys/{id}", ROLE_ADMIN},
    {"PATCH", "/v1/keys/{id}", ROLE_ADMIN},
    {"POST", "/v1/files", ORDER},
    {"GET", "/v1/files", ORDER},
    {"GET", "/v1/files/{id}", ORDER},
    {"DELETE", "/v1/files/{id}", ORDER},
    {"GET", "/v1/files/{id}/content", ORDER},
    {"POST", "/v1/audio/transcriptions", ORDER},
    {"POST", "/v1/audio/translations", ORDER},
    {"POST", "/v1/audio/speech", ORDER},
    {"POST", "/v1/images/generations", ORDER},
    {"POST", "/v1/images/edits", ORDER},
    {"GET", "/v1/images/results/{id}", 0},
    {"GET", "/v1/models", ROLES_ALL},
    {"GET", "/v1/models/{id}", ROLES_ALL},
    {"POST", "/v1/webhooks", ORDER},
    {"GET", "/v1/webhooks", ORDER},
    {"GET", "/v1/webhooks/secret", ORDER},
    {"GET", "/v1/webhooks/{id}", ORDER},
    {"DELETE", "/v1/webhooks/{id}", ORDER},
    {"POST", "/v1/webhooks/{id}/rotate", ORDER},
    {"POST", "/v1/webhooks/{id}/test", ORDER},
    {"GET", "/v1/webhooks/{id}/deliveries", ORDER},
    {"GET", "/v1/instance", 0},
    {"GET", "/v1/attempts/{id}/input", 0},
    {"POST", "/v1/attempts/{id}/result", 0},
    {"POST", "/results/callback", 0},
    {"GET", "/livez", 0},
    {"GET", "/readyz", 0},
    {"GET", "/healthz", 0},
    {"GET", "/metrics", 0},
    {"POST", "/listen", 0},
    {"POST", "/debug/listen", 0},
    {"GET", "/jobs/{id}", 0},
    {"GET", "/recent_jobs", 0},
    {"GET", "/miner_status", 0},
    {"GET", "/scores", 0},
    {"GET", "/audit_failures", 0},
    {"GET", "/last_candidates", 0},
};
const size_t n_api_routes =
    sizeof(api_routes_known) / sizeof(api_routes_known[0]);
