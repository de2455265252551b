/*
 * UUIDs of version 7 (RFC 9562): they sort by the time they were made.
 */
#ifndef COMMON_UUID_H
#define COMMON_UUID_H

#include <stdbool.h>
#include <stdint.h>

enum { UUID_TEXT = 37 }; /* with the NUL */

/* Made at wall_ms, from ten bytes of randomness. Pure. */
void uuid_v7(int64_t wall_ms, const uint8_t random[10], char out[UUID_TEXT]);

/* One made now. */
void uuid_new(char out[UUID_TEXT]);

/* Lower-case 8-4-4-4-12, as we write and accept them. */
bool uuid_is_valid(const char *);

#endif
