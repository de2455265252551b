/*
 * Files of tasks, and the voices there are: GET /api/v1/files/{id},
 * /files/{id}/download, /voices.
 *
 * A file's id is its task's, or that of the attempt whose result it is. It is
 * given to whom the task belongs, or for a signed URL.
 */
#ifndef ORCHESTRATOR_VIOLET_FILES_H
#define ORCHESTRATOR_VIOLET_FILES_H

struct http_req;

void violet_files_show(struct http_req *, void *orchestrator);
void violet_files_download(struct http_req *, void *orchestrator);
void violet_files_voices(struct http_req *, void *orchestrator);

#endif
