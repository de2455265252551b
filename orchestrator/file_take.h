/*
 * POST /v1/files: a file as it comes, as multipart/form-data with the part
 * file or as the body itself, into the store; looked at by its bytes; and when
 * its row is committed, and not before, the client has its 201.
 */
#ifndef ORCHESTRATOR_FILE_TAKE_H
#define ORCHESTRATOR_FILE_TAKE_H

struct http_req;

void file_take(struct http_req *, void *orchestrator);

/* The only tenant whose files a request may see; NULL: anybody's. */
const char *file_tenant(const struct http_req *);

#endif
