/*
 * Files of another system's tables, record by record.
 *
 * A plain dump of PostgreSQL names its tables itself. Other files are named
 * after the table they are of: CSV with a header, JSON lines (mongoexport), a
 * JSON list, or an HTTP answer that has the list in it. What a file is, is
 * told by how it begins.
 */
#ifndef SUBNETCTL_IMPORT_READ_H
#define SUBNETCTL_IMPORT_READ_H

#include <jansson.h>
#include <stddef.h>

#include "subnetctl/import.h"

struct err;

struct import_reader {
	const struct import_upstream *upstream;
	/* record is borrowed; NULL: it was not read, as the table is none
	 * that is taken, or (why is not NULL) could not be. where: "file:17",
	 * of the line it begins in. -1 ends the reading, *err being set. */
	int (*on_record)(const struct import_table *, const json_t *record,
	    const char *why, const char *where, struct err *, void *arg);
	/* A table, or a file of a folder, that the upstream has not got. */
	void (*on_unknown)(const char *name, void *arg);
	void *arg;
};

/* A file, all files of a folder in the order of their names, or "-": a dump
 * on stdin. 0, or -1 and why. */
int import_read(const struct import_reader *, const char *path, struct err *);

#endif
