/*
 * Lines of a PostgreSQL dump and of a CSV file, taken apart. Pure.
 */
#ifndef SUBNETCTL_IMPORT_CELLS_H
#define SUBNETCTL_IMPORT_CELLS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

enum { IMPORT_MAX_COLUMNS = 256, IMPORT_MAX_NAME = 64 };

/*
 * "COPY public.miners (hotkey, value) FROM stdin;": the table's name without
 * its schema, and the columns, a list of strings that is the caller's to
 * json_decref. NULL: it is no such line.
 */
json_t *import_copy_head(
    const char *line, size_t len, char table[IMPORT_MAX_NAME]);

/*
 * A line of such a table, or a record of a CSV file with a header, as an object
 * of the columns: texts, and null where there is none (\N; in CSV nothing at
 * all, without quotes). NULL, and why, if it has not as many cells as there
 * are columns, or is no UTF-8.
 */
json_t *import_copy_line(
    const json_t *columns, const char *line, size_t len, struct err *);
json_t *import_csv_line(
    const json_t *columns, const char *line, size_t len, struct err *);

/* A CSV file's header. NULL, and why. */
json_t *import_csv_head(const char *line, size_t len, struct err *);

/* Is each quote closed that is opened here? If not, a line break belongs to a
 * cell. */
bool import_csv_is_whole(const char *line, size_t len);

#endif
