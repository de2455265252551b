/*
 * An S3 server from npm (tests/interop/s3server.mjs), with the bucket "files",
 * that fails when it is told to. Key and secret: S3RVER.
 */
#ifndef TESTS_S3_SERVER_H
#define TESTS_S3_SERVER_H

#include <stdbool.h>

struct s3_server;
struct sandbox;

/* Whether there is a node to run it, and its packages are installed. */
bool s3_server_can_run(void);

/* Its files are in the sandbox. NULL, having said why. */
struct s3_server *s3_server_start(struct sandbox *);
void s3_server_free(struct s3_server *); /* NULL is fine */

const char *s3_server_url(const struct s3_server *); /* the endpoint */

/* Requests that match the expression ("PUT .*partNumber=2") fail so often:
 * with a status and a code; or are cut off behind so many bytes. */
void s3_server_fail(struct s3_server *, const char *match, int times,
    int status, const char *code);
void s3_server_cut(
    struct s3_server *, const char *match, int times, long bytes);
void s3_server_heal(struct s3_server *);

/* How many such requests came so far; -1 if it does not say. */
int s3_server_count(struct s3_server *, const char *match);

#endif
