/*
 * What comes from another system's tables: lines of dumps and CSV files, times,
 * and records, whose cells miners and clients of that system have written.
 *
 * The first byte chooses which, the second of a record its table. What is taken
 * is rows that can be written: JSON, ids, hotkeys and posts in their forms;
 * what is refused names a field and says why; what is left makes no row.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/uuid.h"
#include "subnetctl/import.h"
#include "subnetctl/import_cells.h"
#include "subnetctl/import_field.h"
#include "subtensor/ss58.h"
#include "tests/fuzz/input.h"
#include "validator/claim_platform.h"

enum { COLUMNS = 3, BLOCK = 6000000 };

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

static const int64_t second_us = 1000000;
static const int64_t from_s = 946684800, now_s = 1761609600, to_s = 4133980800;

/* -- lines ---------------------------------------------------------------- */

static json_t *
columns(void)
{
	return json_pack("[s, s, s]", "a", "b", "c");
}

static void
check_cells(json_t *record, const char *why, size_t n)
{
	const char *name;
	json_t *cell;

	if (record == NULL) {
		input_must(why[0] != '\0', "a line is refused for a reason");
		return;
	}
	input_must(json_object_size(record) <= n, "a cell a column");
	json_object_foreach(record, name, cell) input_must(
	    json_is_string(cell) || json_is_null(cell), "cells are texts");
	json_decref(record);
}

static void
copy(const struct input *in)
{
	char *text = input_text(in), table[IMPORT_MAX_NAME];
	json_t *head = import_copy_head(text, strlen(text), table);
	json_t *names = columns();
	struct err err = {""};

	if (head != NULL)
		input_must(table[0] != '\0' && json_array_size(head) > 0,
		    "a table has a name and columns");
	check_cells(import_copy_line(names, text, strlen(text), &err), err.text,
	    COLUMNS);
	json_decref(names);
	json_decref(head);
	free(text);
}

static void
csv(const struct input *in)
{
	uint8_t *bytes = input_copy(in);
	const char *text = (const char *)bytes;
	struct err err = {""};
	json_t *names = columns(), *head;

	check_cells(
	    import_csv_line(names, text, in->len, &err), err.text, COLUMNS);
	head = import_csv_head(text, in->len, &err);
	if (head != NULL)
		check_cells(import_csv_line(head, text, in->len, &err),
		    err.text, json_array_size(head));
	else
		input_must(err.text[0] != '\0', "a header is refused for one");
	(void)import_csv_is_whole(text, in->len);
	json_decref(head);
	json_decref(names);
	free(bytes);
}

static void
times(const struct input *in)
{
	char *text = input_text(in);
	int64_t us = -1;

	if (import_time_of(text, &us))
		input_must(us >= (from_s - 86400) * second_us &&
			       us <= (to_s + 86400) * second_us,
		    "a time is of 2000 to 2100");
	else
		input_must(us == -1, "what is no time leaves it");
	free(text);
}

/* -- records -------------------------------------------------------------- */

static const char *
text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text != NULL ? text : "";
}

static bool
is_hotkey(const json_t *row)
{
	uint8_t key[32];

	return ss58_decode_account(text_of(row, "hotkey"), key) == 0;
}

static bool
is_post(const json_t *row)
{
	int platform = claim_platform_find(text_of(row, "platform"));
	char again[CLAIM_CONTENT];

	return platform >= 0 &&
	       claim_content((enum claim_platform)platform,
		   text_of(row, "content"), again, NULL) == 0 &&
	       strcmp(text_of(row, "content"), again) == 0;
}

static void
check_row(enum import_made made, const json_t *row)
{
	char *text = json_dumps(row, JSON_COMPACT);

	input_must(text != NULL, "a row can be written");
	free(text);
	switch (made) {
	case IMPORT_JOBS:
		input_must(uuid_is_valid(text_of(row, "id")), "a job's id");
		input_must(json_is_object(json_object_get(row, "params")),
		    "parameters are an object");
		break;
	case IMPORT_ATTEMPTS:
	case IMPORT_AUDITS:
	case IMPORT_JUDGEMENTS:
		input_must(uuid_is_valid(text_of(row, "id")), "an id");
		input_must(is_hotkey(row), "a miner is a hotkey");
		break;
	case IMPORT_BANS:
		input_must(is_hotkey(row), "who is banned is a hotkey");
		break;
	case IMPORT_KEYS:
		input_must(strlen(text_of(row, "hash")) == 64, "a hash");
		break;
	case IMPORT_POSTS:
		input_must(is_post(row), "a post's id is canonical");
		break;
	case IMPORT_CLAIMS:
		input_must(is_post(row) && is_hotkey(row), "a claim's, too");
		break;
	case IMPORT_OBSERVATIONS:
	case N_IMPORT_MADE:
		break;
	}
}

static void
check_rows(const struct import_rows *rows)
{
	for (int i = 0; i < N_IMPORT_MADE; i++) {
		for (size_t k = 0; k < json_array_size(rows->of[i]); k++)
			check_row((enum import_made)i,
			    json_array_get(rows->of[i], k));
	}
}

static void
take(const struct import_table *table, const json_t *record, bool takes_tags)
{
	static const struct import_neuron neurons[] = {
	    {3, INT64_C(1700000000000000), ALICE}, {4, 0, ALICE}};
	json_t *kinds = json_pack("{s:s, s:s, s:s, s:s}", "base-h100_pcie",
	    "image.generate", "img-h100_pcie", "image.edit", "audio.transcribe",
	    "audio.transcribe", "text.summarize", "text.summarize");
	const struct import_view view = {
	    .now_us = now_s * second_us,
	    .kinds = kinds,
	    .neurons = neurons,
	    .n_neurons = 2,
	    .block = BLOCK,
	    .block_us = now_s * second_us,
	    .bucket_blocks = 300,
	    .keep_buckets = 4320,
	    .takes_tags = takes_tags,
	    .penalty_ms = 1000,
	    .keep_keys_ms = 1000,
	    .tenant = "",
	};
	struct import_rows rows = {{0}, 0};
	struct import_why why = {{0}, {0}};
	enum import_outcome got = table->take(&view, record, &rows, &why);

	check_rows(&rows);
	if (got == IMPORT_REFUSED)
		input_must(why.field[0] != '\0' && why.text[0] != '\0',
		    "what is refused says which field, and why");
	if (got == IMPORT_LEFT)
		input_must(rows.n == 0, "what is left makes no row");
	import_rows_clear(&rows);
	json_decref(kinds);
}

static void
records(const struct import_upstream *upstream, struct input *in)
{
	uint8_t choice = input_byte(in);
	json_t *json =
	    json_loadb((const char *)in->data, in->len, JSON_DECODE_ANY, NULL);
	json_t *plain;
	size_t n = 0;

	while (upstream->tables[n].name != NULL)
		n++;
	if (json != NULL) {
		const struct import_table *t =
		    &upstream->tables[(choice & 0x7f) % n];

		plain = import_unwrapped(json);
		if (t->take != NULL)
			take(t, plain, choice & 0x80);
		json_decref(plain);
	}
	json_decref(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = {data, len};

	switch (input_byte(&in) % 6) {
	case 0:
		copy(&in);
		break;
	case 1:
		csv(&in);
		break;
	case 2:
		times(&in);
		break;
	case 3:
		records(&import_dippy, &in);
		break;
	case 4:
		records(&import_violet, &in);
		break;
	default:
		records(&import_infinitevibe, &in);
		break;
	}
	return 0;
}
