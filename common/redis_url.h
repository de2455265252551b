/*
 * redis.url taken apart: "redis://host:port", "redis://[::1]:port" or
 * "unix:/path".
 *
 * Of what others have in such a URL nothing is known here, and so refused: a
 * user, a password, a database other than the first, TLS.
 */
#ifndef COMMON_REDIS_URL_H
#define COMMON_REDIS_URL_H

struct redis_url {
	/* a name, an IPv4, without brackets an IPv6, or a socket's path */
	char host[256];
	int port; /* 6379 if the URL has none; 0: a Unix socket */
};

/* 0, or -1, and then this says so: the URL is not repeated, as somebody may
 * have put a password there. */
int redis_url_parse(const char *, struct redis_url *);
extern const char redis_url_refused[];

#endif
