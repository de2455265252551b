/*
 * The door of files: /v1/files. A client sends a file once, and names it in
 * jobs (input_file) and fetches it, until it expires. Expired ones are thrown
 * away in small steps, by whichever instance comes first; the bytes of one
 * that a job works on stay, as that job's.
 */
#ifndef ORCHESTRATOR_FILES_H
#define ORCHESTRATOR_FILES_H

#include "common/http_server.h"

struct files;
struct orchestrator;

extern const struct http_route files_routes[];

struct files *files_new(struct orchestrator *); /* begins to sweep */
void files_free(struct files *);		/* NULL is fine */

#endif
