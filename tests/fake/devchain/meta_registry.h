/*
 * The portable registry of a metadata blob: type expressions of meta_table.h
 * in, numbered SCALE types out.
 *
 * A type is written once, however often it is named. The tables are ours, so
 * a mistake in them is an assertion, not an error.
 */
#ifndef DEVCHAIN_META_REGISTRY_H
#define DEVCHAIN_META_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct registry;

enum { SPEC_MAX_MOVES = 8, SPEC_MAX_HIDDEN = 16, SPEC_MAX_NAME = 64 };

/* What one runtime version differs in from another. */
struct runtime_spec {
	uint32_t spec_version;
	uint32_t transaction_version;
	uint64_t slot_ms; /* Aura.SlotDuration; 0: the table's */
	/* Calls with another index than the table's. */
	struct {
		char pallet[SPEC_MAX_NAME], call[SPEC_MAX_NAME];
		uint8_t index;
	} moves[SPEC_MAX_MOVES];
	int n_moves;
	/* One more signed extension at the end of the list; "" is none. */
	char extension[SPEC_MAX_NAME];
	bool extension_has_bytes;
	/* What an older one has not; older.h fills and asks it. */
	struct {
		char of[SPEC_MAX_NAME], name[SPEC_MAX_NAME];
	} hidden[SPEC_MAX_HIDDEN];
	int n_hidden;
	bool crv3;     /* commit_crv3_* in place of commit_timelocked_* */
	bool has_all;  /* nothing at all is hidden */
	bool v14_only; /* of metadata */
};

struct registry *registry_new(const struct runtime_spec *);
void registry_free(struct registry *); /* NULL is fine */

/* The id of a type, registered if it is new. */
uint32_t registry_type(struct registry *, const char *expression);

/* The tuple of all signed extensions' types. */
uint32_t registry_extra(struct registry *);

/* Vec<PortableType>. */
void registry_write(const struct registry *, struct buf *);

#endif
