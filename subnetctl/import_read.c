/* Files of another system's tables. */
#include "subnetctl/import_read.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subnetctl/import_cells.h"
#include "subnetctl/import_field.h"

enum {
	MAX_RECORD = 256 * 1024 * 1024, /* bytes */
	MAX_WHERE = 512,
};

/* One file, as far as it has been read. */
struct reading {
	const struct import_reader *reader;
	const struct import_table *table; /* NULL: it is to name its own */
	const char *name;		  /* without its folder */
	FILE *file;
	struct buf line; /* without its end */
	size_t number;	 /* of the line, or of a list's record */
	struct err *err;
};

/* -- lines --------------------------------------------------------------- */

/* One more line is put behind what is there. 1, 0 at the end, -1. */
static int
add_line(struct reading *r)
{
	size_t before = r->line.len;
	int c;

	while ((c = getc_unlocked(r->file)) != EOF && c != '\n') {
		if (r->line.len >= MAX_RECORD)
			return err_set(r->err,
			    "%s: line %zu has more than %d bytes", r->name,
			    r->number + 1, MAX_RECORD);
		buf_add_byte(&r->line, (uint8_t)c);
	}
	if (ferror(r->file))
		return err_set(r->err, "%s: %s", r->name, strerror(errno));
	if (c == EOF && r->line.len == before)
		return 0;
	r->number++;
	if (r->line.len > before && r->line.data[r->line.len - 1] == '\r')
		r->line.len--;
	return 1;
}

static int
next_line(struct reading *r)
{
	buf_reset(&r->line);
	return add_line(r);
}

static const char *
text_of(const struct reading *r)
{
	return r->line.len > 0 ? (const char *)r->line.data : "";
}

static bool
is_blank(const struct reading *r)
{
	const char *text = text_of(r);

	for (size_t i = 0; i < r->line.len; i++) {
		if (strchr(" \t", text[i]) == NULL || text[i] == '\0')
			return false;
	}
	return true;
}

static bool
begins(const struct reading *r, const char *with)
{
	size_t len = strlen(with);

	return r->line.len >= len && memcmp(text_of(r), with, len) == 0;
}

/* But for blanks and line breaks. */
static bool
ends_with(const struct reading *r, char last)
{
	size_t len = r->line.len;

	while (len > 0 && strchr(" \t\r\n", text_of(r)[len - 1]) != NULL)
		len--;
	return len > 0 && text_of(r)[len - 1] == last;
}

/* -- handing on ---------------------------------------------------------- */

static int
hand_on(const struct reading *r, const struct import_table *table,
    const json_t *record, const char *why, size_t number)
{
	char where[MAX_WHERE];

	snprintf(where, sizeof(where), "%s:%zu", r->name, number);
	return r->reader->on_record(
	    table, record, why, where, r->err, r->reader->arg);
}

/* A text by itself is the field that the table's records are told by. */
static int
hand_value(const struct reading *r, const json_t *value, size_t number)
{
	const char *key = r->table->key;
	json_t *plain = json_is_string(value)
			    ? json_pack("{s:O}", key, (json_t *)value)
			    : import_unwrapped(value);
	int rc =
	    json_is_object(plain)
		? hand_on(r, r->table, plain, NULL, number)
		: hand_on(r, r->table, NULL, "it is no JSON object", number);

	json_decref(plain);
	return rc;
}

/* The record, or the list that an answer has in it. */
static int
hand_json(const struct reading *r, const json_t *value, size_t number)
{
	const char *inside = r->table->inside;
	const json_t *list =
	    inside != NULL ? json_object_get(value, inside) : NULL;

	if (!json_is_array(list))
		return hand_value(r, value, number);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (hand_value(r, json_array_get(list, i), i + 1) != 0)
			return -1;
	}
	return 0;
}

/* -- JSON ---------------------------------------------------------------- */

static int
read_json_lines(struct reading *r)
{
	json_error_t wrong;
	json_t *value;
	int got, rc = 0;

	do {
		if (is_blank(r))
			continue;
		value = json_loadb(
		    text_of(r), r->line.len, JSON_DECODE_ANY, &wrong);
		rc = value != NULL
			 ? hand_json(r, value, r->number)
			 : hand_on(r, r->table, NULL, wrong.text, r->number);
		json_decref(value);
		if (rc != 0)
			return -1;
	} while ((got = next_line(r)) > 0);
	return got;
}

/* All that is left of the file, behind what was read. */
static int
read_rest(struct reading *r)
{
	int got;

	do {
		buf_add_byte(&r->line, '\n');
	} while ((got = add_line(r)) > 0);
	return got;
}

/* Values with commas, spaces and brackets between them. */
static int
read_json_list(struct reading *r)
{
	size_t at = 0, n = 0;

	if (read_rest(r) != 0)
		return -1;
	if (*text_of(r) == '[' && !ends_with(r, ']'))
		return err_set(r->err, "%s: the list does not end", r->name);
	while (at < r->line.len) {
		const char *from = text_of(r) + at;
		json_error_t wrong;
		json_t *value;
		int rc;

		if (*from != '\0' && strchr(" \t\r\n,[]", *from) != NULL) {
			at++;
			continue;
		}
		value = json_loadb(from, r->line.len - at,
		    JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &wrong);
		if (value == NULL)
			return err_set(r->err, "%s: record %zu is no JSON: %s",
			    r->name, n + 1, wrong.text);
		rc = hand_json(r, value, ++n);
		json_decref(value);
		if (rc != 0)
			return -1;
		at += (size_t)wrong.position;
	}
	return 0;
}

/* -- CSV ----------------------------------------------------------------- */

/* A record may have line breaks between its quotes. Each line is looked at
 * once: one with an open quote ends where another such line closes it. */
static int
next_record(struct reading *r, size_t *number)
{
	int got = next_line(r);
	size_t from = 0;
	bool is_open = false;

	*number = r->number;
	while (got > 0) {
		is_open ^=
		    !import_csv_is_whole(text_of(r) + from, r->line.len - from);
		if (!is_open)
			break;
		buf_add_byte(&r->line, '\n');
		from = r->line.len;
		got = add_line(r);
		if (got == 0)
			return err_set(r->err,
			    "%s: a quote that begins in line %zu does not end",
			    r->name, *number);
	}
	return got;
}

static int
read_csv(struct reading *r)
{
	json_t *columns = import_csv_head(text_of(r), r->line.len, r->err);
	size_t number;
	int got;

	if (columns == NULL)
		return err_wrap(r->err, "%s", r->name);
	while ((got = next_record(r, &number)) > 0) {
		struct err why;
		json_t *record;
		int rc;

		if (r->line.len == 0)
			continue;
		record =
		    import_csv_line(columns, text_of(r), r->line.len, &why);
		rc = hand_on(r, r->table, record,
		    record != NULL ? NULL : why.text, number);
		json_decref(record);
		if (rc != 0) {
			got = -1;
			break;
		}
	}
	json_decref(columns);
	return got;
}

/* -- dumps --------------------------------------------------------------- */

static int
hand_copied(
    struct reading *r, const struct import_table *table, const json_t *columns)
{
	struct err why;
	json_t *record;
	int rc;

	if (table == NULL)
		return 0;
	if (table->take == NULL)
		return hand_on(r, table, NULL, NULL, r->number);
	record = import_copy_line(columns, text_of(r), r->line.len, &why);
	rc = hand_on(
	    r, table, record, record != NULL ? NULL : why.text, r->number);
	json_decref(record);
	return rc;
}

/* The lines of one table. */
static int
read_copied(struct reading *r, const char *name, const json_t *columns)
{
	const struct import_table *table =
	    import_find_table(r->reader->upstream, name);
	int got;

	if (table == NULL)
		r->reader->on_unknown(name, r->reader->arg);
	while (
	    (got = next_line(r)) > 0 && strcmp(buf_str(&r->line), "\\.") != 0) {
		if (hand_copied(r, table, columns) != 0)
			return -1;
	}
	return got == 0
		   ? err_set(r->err, "%s: it ends in the midst of the table %s",
			 r->name, name)
	       : got < 0 ? -1
			 : 0;
}

static int
read_dump(struct reading *r)
{
	char name[IMPORT_MAX_NAME];
	bool has_table = false;
	int got;

	do {
		json_t *columns =
		    import_copy_head(text_of(r), r->line.len, name);
		int rc = 0;

		if (begins(r, "INSERT INTO "))
			return err_set(r->err,
			    "%s was made with --inserts: dump it without",
			    r->name);
		if (columns != NULL) {
			has_table = true;
			rc = read_copied(r, name, columns);
		}
		json_decref(columns);
		if (rc != 0)
			return -1;
	} while ((got = next_line(r)) > 0);
	if (got == 0 && !has_table)
		return err_set(r->err,
		    "%s: there is no table's data in this dump: leave out "
		    "--schema-only",
		    r->name);
	return got;
}

/* -- what a file is ------------------------------------------------------ */

/* Files that somebody has in another form than we read; the fix. */
static const char *
other_form(const struct reading *r)
{
	static const struct {
		const char *begins, *fix;
	} forms[] = {
	    {"PGDMP", "it is a dump in PostgreSQL's own form: pg_restore -f - "
		      "FILE | subnetctl import .. -"},
	    {"\x1f\x8b", "it is compressed: gunzip it"},
	    {"(\xb5/\xfd", "it is compressed: unzstd it"},
	    {"\xfd"
	     "7zXZ",
		"it is compressed: unxz it"},
	    {"BZh", "it is compressed: bunzip2 it"},
	    {"PK\x03\x04", "it is an archive: unzip it"},
	    {"PAR1", "it is Parquet: write it as JSON lines, with DuckDB: COPY "
		     "(SELECT * FROM 'FILE') TO 'inference_jobs.jsonl'"},
	    {"SQLite format 3", "it is an SQLite database: sqlite3 -json FILE "
				"'select * from TABLE' > TABLE.json"},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (begins(r, forms[i].begins))
			return forms[i].fix;
	}
	if (r->line.len > 0 && memchr(r->line.data, '\0', r->line.len) != NULL)
		return "it is no text: pg_dump without -F, or mongoexport "
		       "(not mongodump)";
	return NULL;
}

static bool
is_dump(const struct reading *r)
{
	return begins(r, "--") || begins(r, "COPY ") || begins(r, "SET ") ||
	       begins(r, "\\restrict");
}

static int
read_table(struct reading *r)
{
	if (begins(r, "[") || strcmp(buf_str(&r->line), "{") == 0)
		return read_json_list(r);
	if (begins(r, "{"))
		return read_json_lines(r);
	return read_csv(r);
}

static int
read_open(struct reading *r)
{
	static const char mark[] = "\xef\xbb\xbf"; /* a BOM */
	const char *fix;
	int got = next_line(r);

	if (begins(r, mark))
		buf_drop(&r->line, strlen(mark));

	while (got > 0 && is_blank(r))
		got = next_line(r);
	if (got <= 0)
		return got;
	fix = other_form(r);
	if (fix != NULL)
		return err_set(r->err, "%s: %s", r->name, fix);
	if (is_dump(r))
		return read_dump(r);
	if (r->table == NULL)
		return err_set(r->err,
		    "%s is no dump, and not named after a table of %s: it "
		    "must be, as %s.csv",
		    r->name, r->reader->upstream->name,
		    r->reader->upstream->tables[0].name);
	return read_table(r);
}

/* -- files and folders --------------------------------------------------- */

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
read_file(const struct import_reader *reader, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct reading r = {
	    .reader = reader,
	    .name = is_stdin ? "stdin" : base_of(path),
	    .file = is_stdin ? stdin : fopen(path, "rb"),
	    .err = err,
	};
	int rc;

	if (r.file == NULL)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (!is_stdin)
		r.table = import_find_table(reader->upstream, r.name);
	rc = read_open(&r);
	buf_free(&r.line);
	if (!is_stdin)
		fclose(r.file);
	return rc;
}

static int
is_wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A dump may have any name, but for a folder of PostgreSQL's own, whose table
 * of contents says what it is; other files that no table is named after are
 * somebody else's. */
static bool
is_ours(const struct import_reader *reader, const char *name)
{
	const char *dot = strrchr(name, '.');

	return import_find_table(reader->upstream, name) != NULL ||
	       (dot != NULL && strcmp(dot, ".sql") == 0) ||
	       strcmp(name, "toc.dat") == 0;
}

static int
read_folder(
    const struct import_reader *reader, const char *path, struct err *err)
{
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, is_wanted, alphasort), rc = 0;

	if (n < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *file = xasprintf("%s/%s", path, entries[i]->d_name);

		if (rc == 0 && is_ours(reader, entries[i]->d_name))
			rc = read_file(reader, file, err);
		else if (rc == 0)
			reader->on_unknown(entries[i]->d_name, reader->arg);
		free(file);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

int
import_read(
    const struct import_reader *reader, const char *path, struct err *err)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		return read_folder(reader, path, err);
	return read_file(reader, path, err);
}
