/*
 * A listening Unix socket, in the place of one that a killed process left.
 */
#ifndef SIGNER_SOCKET_H
#define SIGNER_SOCKET_H

#include <stdbool.h>

struct err;

/* Nonblocking and listening; -1 and why not. The file is its owner's alone
 * (0600), or open to all (0666) where credentials decide. */
int socket_listen(const char *path, bool open_to_all, struct err *);

#endif
