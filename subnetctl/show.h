/*
 * Results as people and programs want them: aligned tables, or JSON with the
 * types the columns have.
 */
#ifndef SUBNETCTL_SHOW_H
#define SUBNETCTL_SHOW_H

#include <jansson.h>
#include <libpq-fe.h>

/* The caller's to json_decref. Text that is no UTF-8, as an argument or a path
 * may be, has question marks for what is beyond ASCII. */
json_t *show_text(const char *);
/* The caller's to json_decref. */
json_t *show_row(const PGresult *, int row);
json_t *show_rows(const PGresult *); /* an array of objects */

/* On stdout, with a newline; the reference is taken. */
void show_json(json_t *);

/* On stdout: a line of names and one a row, or "none". */
void show_table(const PGresult *);
/* On stdout: a line a column that is not null. */
void show_pairs(const PGresult *, int row);

#endif
