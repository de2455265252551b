/*
 * What an import came to: records read, rows made of them, what was refused
 * and why.
 */
#ifndef SUBNETCTL_IMPORT_REPORT_H
#define SUBNETCTL_IMPORT_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "subnetctl/import.h"
#include "subnetctl/import_store.h"

enum { IMPORT_MAX_TABLES = 16 };

struct import_report {
	const struct import_upstream *upstream;
	size_t max_listed; /* refusals and unknown names */
	/* By the upstream's tables: records, and what became of them. */
	size_t records[IMPORT_MAX_TABLES];
	size_t outcomes[IMPORT_MAX_TABLES][IMPORT_REFUSED + 1];
	size_t refused;
	json_t *refusals; /* [{table, record, where, field, why}] */
	json_t *unknown;  /* names */
};

void import_report_init(
    struct import_report *, const struct import_upstream *, size_t max_listed);
void import_report_clear(struct import_report *);

/* record NULL: it could not be read; its why is then the field "". */
void import_report_add(struct import_report *, const struct import_table *,
    enum import_outcome, const json_t *record, const char *where,
    const struct import_why *);
void import_report_add_unknown(struct import_report *, const char *name);

/* On stdout, as tables or as one JSON object. */
void import_report_show(const struct import_report *,
    const struct import_counts *, bool is_written, bool as_json);

#endif
