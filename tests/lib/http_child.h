/*
 * A server to test against, in a process of its own, and a client that
 * writes raw bytes and reads answers with a deadline.
 *
 * The process is the test's own, so that its memory can be measured apart;
 * under sanitizers it must end cleanly when it is stopped.
 */
#ifndef TESTS_LIB_HTTP_CHILD_H
#define TESTS_LIB_HTTP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct http_limits;

struct http_child {
	pid_t pid;
	int port;
};

/* Routes: see http_child.c. NULL: the default limits. */
void http_child_start(struct http_child *, const struct http_limits *);
void http_child_stop(struct http_child *);
/* It ends by itself, cleanly. */
void http_child_wait(struct http_child *);

int raw_dial(int port);
void raw_send(int fd, const void *, size_t);
void raw_send_str(int fd, const char *);

struct raw_answer {
	int status; /* 0: none came before the close */
	char head[4096];
	char body[65536];
	size_t len;	 /* of the body, as far as it was kept */
	uint64_t length; /* Content-Length */
};

/* One answer; interim ones (1xx) are answers too. head_only: after HEAD. */
void raw_read(int fd, struct raw_answer *, bool head_only);
/* The value of a header, copied; NULL if absent. The caller frees. */
char *raw_header(const struct raw_answer *, const char *name);
bool raw_is_closed(int fd); /* waits for the end; false: bytes came */

/* Dial, send, read one answer, close. The status. */
int raw_ask(int port, const char *request, struct raw_answer *);
/* A number of the server's /stats. */
long raw_stat(int port, const char *name);
/* Ask until it is that; fails after some seconds. */
void raw_await_stat(int port, const char *name, long value);

#endif
