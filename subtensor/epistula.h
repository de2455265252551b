/*
 * Epistula v2: HTTP requests signed by a hotkey, in the form Dippy's miners
 * verify. Signed is sha256hex(body) "." uuid "." timestamp_ms "." signed_for.
 *
 * The headers: Authorization: Epistula 0x<sig>, Epistula-Signature,
 * Epistula-Timestamp, Epistula-UUID, Epistula-Signed-By, Epistula-Signed-For.
 * Method and path are not part of the message; the protocol has it so.
 */
#ifndef SUBTENSOR_EPISTULA_H
#define SUBTENSOR_EPISTULA_H

#include <stddef.h>
#include <stdint.h>

/* So long a receiver takes a request. */
enum { EPISTULA_WINDOW_MS = 8000, EPISTULA_MAX_MESSAGE = 256 };

/* Build the message into out (EPISTULA_MAX_MESSAGE); signed_for may be "". */
void epistula_message(const void *body, size_t len, const char *uuid,
    int64_t timestamp_ms, const char *signed_for, char *out);
/* The same by the body's SHA-256, in 64 hex digits. */
void epistula_message_digest(const char *digest, const char *uuid,
    int64_t timestamp_ms, const char *signed_for, char *out);

struct epistula_fields {
	char digest[65], uuid[37], signed_for[64];
	int64_t timestamp_ms;
};

/* Take a message apart, strictly; 0, or -1 if it is not one. */
int epistula_parse(const char *message, size_t len, struct epistula_fields *);

#endif
