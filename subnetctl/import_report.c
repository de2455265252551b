/* What an import came to. */
#include "subnetctl/import_report.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "subnetctl/import_field.h"
#include "subnetctl/rows.h"
#include "subnetctl/show.h"

enum { MAX_TEXT = 256 };

void
import_report_init(struct import_report *r,
    const struct import_upstream *upstream, size_t max_listed)
{
	*r = (struct import_report){
	    .upstream = upstream,
	    .max_listed = max_listed,
	    .refusals = json_array(),
	    .unknown = json_array(),
	};
}

void
import_report_clear(struct import_report *r)
{
	json_decref(r->refusals);
	json_decref(r->unknown);
}

/* Of somebody else's text what a terminal may be shown: no control letters,
 * and no half of a letter where it was cut. */
static json_t *
plain(const char *text)
{
	size_t len = strlen(text);
	char copy[MAX_TEXT];
	json_t *value;

	if (len >= sizeof(copy))
		len = sizeof(copy) - 1;
	for (size_t i = 0; i < len; i++)
		copy[i] = iscntrl((unsigned char)text[i]) ? '?' : text[i];
	for (; (value = json_stringn(copy, len)) == NULL && len > 0; len--)
		continue;
	return value;
}

/* What people find the record by. */
static json_t *
name_of(const json_t *record, const struct import_table *table)
{
	const char *text = import_text(record, table->key);
	int64_t number;

	if (text != NULL)
		return plain(text);
	return import_int(record, table->key, &number)
		   ? json_sprintf("%" PRId64, number)
		   : json_string("-");
}

static void
add_refusal(struct import_report *r, const struct import_table *table,
    const json_t *record, const char *where, const struct import_why *why)
{
	if (r->refused++ >= r->max_listed)
		return;
	json_array_append_new(r->refusals,
	    json_pack("{s:s, s:o, s:o, s:s, s:o}", "table", table->name,
		"where", plain(where), "record", name_of(record, table),
		"field", why->field, "why", plain(why->text)));
}

void
import_report_add(struct import_report *r, const struct import_table *table,
    enum import_outcome outcome, const json_t *record, const char *where,
    const struct import_why *why)
{
	size_t i = (size_t)(table - r->upstream->tables);

	if (i >= IMPORT_MAX_TABLES)
		return;
	r->records[i]++;
	r->outcomes[i][outcome]++;
	if (outcome == IMPORT_REFUSED)
		add_refusal(r, table, record, where, why);
}

void
import_report_add_unknown(struct import_report *r, const char *name)
{
	if (json_array_size(r->unknown) < r->max_listed)
		json_array_append_new(r->unknown, plain(name));
}

/* -- showing -------------------------------------------------------------- */

/* The caller's to PQclear. */
static PGresult *
records_of(const struct import_report *r)
{
	static const struct rows_column columns[] = {{"table", ROWS_TEXT},
	    {"records", ROWS_INT}, {"taken", ROWS_INT}, {"left", ROWS_INT},
	    {"refused", ROWS_INT}, {"note", ROWS_TEXT}};
	PGresult *res = rows_new(columns, 6);
	int row = 0;

	for (int i = 0; r->upstream->tables[i].name != NULL; i++) {
		const struct import_table *t = &r->upstream->tables[i];

		if (i >= IMPORT_MAX_TABLES || r->records[i] == 0)
			continue;
		rows_text(res, row, 0, t->name);
		rows_int(res, row, 1, (long long)r->records[i]);
		for (int k = 0; k <= IMPORT_REFUSED; k++)
			rows_int(res, row, 2 + k, (long long)r->outcomes[i][k]);
		rows_text(res, row, 5, t->note);
		row++;
	}
	return res;
}

static PGresult *
made_of(const struct import_counts *counts)
{
	static const struct rows_column columns[] = {{"table", ROWS_TEXT},
	    {"rows", ROWS_INT}, {"new", ROWS_INT}, {"there", ROWS_INT}};
	PGresult *res = rows_new(columns, 4);
	int row = 0;

	for (int i = 0; i < N_IMPORT_MADE; i++) {
		size_t given = counts->given[i], added = counts->added[i];

		if (given == 0)
			continue;
		rows_text(res, row, 0, import_made_name((enum import_made)i));
		rows_int(res, row, 1, (long long)given);
		rows_int(res, row, 2, (long long)added);
		rows_int(res, row, 3, (long long)(given - added));
		row++;
	}
	return res;
}

static PGresult *
refusals_of(const struct import_report *r)
{
	static const char *const names[] = {
	    "where", "table", "record", "field", "why"};
	static const struct rows_column columns[] = {{"where", ROWS_TEXT},
	    {"table", ROWS_TEXT}, {"record", ROWS_TEXT}, {"field", ROWS_TEXT},
	    {"why", ROWS_TEXT}};
	PGresult *res = rows_new(columns, 5);

	for (size_t i = 0; i < json_array_size(r->refusals); i++) {
		const json_t *row = json_array_get(r->refusals, i);

		for (int k = 0; k < 5; k++)
			rows_text(res, (int)i, k,
			    json_string_value(json_object_get(row, names[k])));
	}
	return res;
}

/* A reason is a sentence, and is not cut as a cell of a table is. */
static void
show_refusals(const struct import_report *r)
{
	size_t n = json_array_size(r->refusals);

	if (r->refused == 0)
		return;
	printf("\nrefused, %zu:\n", r->refused);
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(r->refusals, i);

		printf("%s  %s  %s: %s\n",
		    json_string_value(json_object_get(row, "where")),
		    json_string_value(json_object_get(row, "record")),
		    json_string_value(json_object_get(row, "field")),
		    json_string_value(json_object_get(row, "why")));
	}
	if (n < r->refused)
		printf(
		    "and %zu more: --limit %zu\n", r->refused - n, r->refused);
}

static void
show_unknown(const struct import_report *r)
{
	size_t n = json_array_size(r->unknown);

	if (n == 0)
		return;
	printf("\npassed over, as %s has no such table:", r->upstream->name);
	for (size_t i = 0; i < n; i++)
		printf(" %s", json_string_value(json_array_get(r->unknown, i)));
	putchar('\n');
}

static void
show_as_json(const struct import_report *r, const PGresult *records,
    const PGresult *made, bool is_written)
{
	PGresult *refusals = refusals_of(r);

	show_json(json_pack("{s:s, s:b, s:o, s:o, s:I, s:o, s:O}", "upstream",
	    r->upstream->name, "written", is_written, "read",
	    show_rows(records), "made", show_rows(made), "refused",
	    (json_int_t)r->refused, "refusals", show_rows(refusals), "unknown",
	    r->unknown));
	PQclear(refusals);
}

void
import_report_show(const struct import_report *r,
    const struct import_counts *counts, bool is_written, bool as_json)
{
	PGresult *records = records_of(r), *made = made_of(counts);

	if (as_json) {
		show_as_json(r, records, made, is_written);
	} else {
		printf("read from %s:\n", r->upstream->name);
		show_table(records);
		printf("\n%s:\n", is_written ? "written" : "to be written");
		show_table(made);
		show_refusals(r);
		show_unknown(r);
		puts(is_written ? "\nwritten"
				: "\ndry run: nothing was written; --write "
				  "does it");
	}
	PQclear(made);
	PQclear(records);
}
