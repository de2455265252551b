/*
 * Redis for subnetctl: synchronous, one command at a time.
 */
#ifndef SUBNETCTL_WAKE_H
#define SUBNETCTL_WAKE_H

struct redisContext;

/* The configured server; its err is set if it cannot be reached. NULL if the
 * URL is refused (common/redis_url.h). The caller frees. */
struct redisContext *wake_connect(const char *url);

/* Name a row to who reads that stream. 0, or -1: it is found without, later. */
int wake_send(const char *url, const char *stream, const char *id);

#endif
