/* Rows that wait to be written; and tables by their names. */
#include "subnetctl/import.h"

#include <stdlib.h>
#include <string.h>

void
import_add_row(struct import_rows *rows, enum import_made made, json_t *row)
{
	if (row == NULL)
		abort(); /* out of memory, as xcalloc */
	if (rows->of[made] == NULL)
		rows->of[made] = json_array();
	json_array_append_new(rows->of[made], row);
	rows->n++;
}

void
import_rows_clear(struct import_rows *rows)
{
	for (int i = 0; i < N_IMPORT_MADE; i++) {
		json_decref(rows->of[i]);
		rows->of[i] = NULL;
	}
	rows->n = 0;
}

/* -- names --------------------------------------------------------------- */

/* Is it the name, or the name with a version or an extension behind? */
static bool
is_named(const char *name, const char *table)
{
	size_t len = table != NULL ? strlen(table) : 0;

	return len > 0 && strncmp(name, table, len) == 0 &&
	       (name[len] == '\0' || name[len] == '.' || name[len] == '-');
}

const struct import_table *
import_find_table(const struct import_upstream *upstream, const char *name)
{
	const struct import_table *t = upstream->tables;

	for (; t->name != NULL; t++) {
		if (is_named(name, t->name) || is_named(name, t->file))
			return t;
	}
	return NULL;
}
