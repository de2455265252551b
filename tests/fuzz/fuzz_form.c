/*
 * What miners call back with, and clients submit: a form, in parts or URL
 * encoded, or a JSON body, cut anywhere, its fields and what it says of a
 * result.
 *
 * The first byte chooses the sort of body, its length, the file's part, the
 * longest field and the cuts. What is read must not depend on the cuts, and
 * what is refused says why.
 */
#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/accept.h"
#include "orchestrator/form.h"
#include "orchestrator/result_form.h"
#include "tests/fuzz/input.h"

enum { MAX_FILE = 64, MAX_INPUT = 100000, SHORT_FIELD = 8 };

/* Of the first byte. */
enum {
	AS_JSON = 1,
	OF_IMAGE = 2,
	OF_NO_FORM = 4,
	LONG = 8,
	ENCODED = 16,
	SHORT_FIELDS = 32
};

static char folder[] = "/tmp/fuzz-form-XXXXXX";

static void
remove_folder(void)
{
	rmdir(folder);
}

static struct blobs *
store(void)
{
	static struct blobs *blobs;
	const struct blobs_options options = {.store = folder};
	struct err err;

	if (blobs == NULL) {
		if (mkdtemp(folder) == NULL)
			abort();
		blobs = blobs_new(event_base_new(), &options, &err);
		if (blobs == NULL)
			abort();
		atexit(remove_folder);
	}
	return blobs;
}

static void
feed(struct form *f, const uint8_t *p, size_t n, uint32_t x, size_t max)
{
	while (n > 0) {
		size_t take = n;
		uint8_t *copy;

		x = x * 1664525 + 1013904223;
		if (max > 0 && 1 + (x >> 8) % max < n)
			take = 1 + (x >> 8) % max;
		copy = xmemdup(p, take);
		form_feed(f, copy, take);
		free(copy);
		p += take;
		n -= take;
	}
}

/* More than a field, or JSON, may have: in the middle of the body. */
static void
feed_long(struct form *f, bool is_json)
{
	enum { PIECE = 65536 };
	size_t most = is_json ? FORM_MAX_JSON : FORM_MAX_FIELD;
	uint8_t *x = xmalloc(PIECE);

	memset(x, 'x', PIECE);
	for (size_t n = 0; n <= most; n += PIECE)
		form_feed(f, x, PIECE);
	free(x);
}

/* What the result is: as text, to be compared. */
static void
say(const struct arrival *a, struct buf *said)
{
	char *output = json_dumps(a->output, JSON_ENCODE_ANY | JSON_COMPACT);

	buf_printf(said, "%d %d %s %llu %llu %d %s", a->says_failed,
	    a->is_too_large, a->type, (unsigned long long)a->bytes,
	    (unsigned long long)a->output_bytes, a->file != NULL,
	    output != NULL ? output : "-");
	free(output);
}

/* The fields of some names, as text. */
static void
say_fields(const struct form *f, struct buf *said)
{
	static const char *const names[] = {"a", "status", "a b", ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *first = form_field(f, names[i]), *next;

		input_must(first == NULL || form_has(f, names[i]),
		    "what can be read is there");
		input_must(form_field_nth(f, names[i], MAX_INPUT) == NULL,
		    "there are no more than were sent");
		for (size_t n = 0;
		     (next = form_field_nth(f, names[i], n)) != NULL; n++)
			buf_printf(said, " %s=%s", names[i], next);
		buf_printf(said, " %d;", form_has(f, names[i]));
	}
	buf_printf(said, "%s %s %llu %llu %d", form_file_name(f),
	    form_file_type(f), (unsigned long long)form_file_bytes(f),
	    (unsigned long long)form_json_bytes(f), form_json(f) != NULL);
}

static const char *
type_of(uint8_t mode)
{
	if (mode & OF_NO_FORM)
		return "text/plain";
	if (mode & ENCODED)
		return "application/x-www-form-urlencoded";
	return mode & AS_JSON ? "application/json; charset=utf-8"
			      : "multipart/form-data; boundary=B";
}

/* What became of it: the reason it was refused for, or what it says. */
static void
finish(struct form *f, struct buf *said)
{
	struct arrival a = {0};
	struct err err = {""};

	if (form_finish(f, &err) != 0) {
		input_must(err.text[0] != '\0' && form_fault(f) != FORM_GOOD &&
			       form_fault_status(form_fault(f)) >= 400,
		    "what is refused says why");
		buf_printf(
		    said, "%s %s: ", form_fault_code(form_fault(f)), err.text);
	} else {
		input_must(form_fault_status(form_fault(f)) == 200 &&
			       form_fault_code(form_fault(f))[0] == '\0',
		    "what is taken is good");
		say_fields(f, said);
	}
	if (form_fault(f) != FORM_MALFORMED) {
		result_form_take(f, &a);
		input_must(a.bytes <= MAX_FILE, "no file is too large");
		say(&a, said);
	}
	json_decref(a.output);
	blob_abort(a.file);
}

static void
read_form(
    uint8_t mode, const uint8_t *p, size_t n, size_t max, struct buf *said)
{
	struct err err = {""};
	struct form *f = form_new(store(), type_of(mode),
	    mode & OF_IMAGE ? "image" : "result", MAX_FILE, &err);

	input_must((f != NULL) == !(mode & OF_NO_FORM), "these are forms");
	if (f == NULL) {
		input_must(err.text[0] != '\0', "what is refused says why");
		return;
	}
	if (mode & SHORT_FIELDS)
		form_widen(f, SHORT_FIELD);
	feed(f, p, n / 2, mode, max);
	if (mode & LONG)
		feed_long(f, mode & (AS_JSON | ENCODED));
	feed(f, p + n / 2, n - n / 2, mode, max);
	finish(f, said);
	form_free(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = {0}, pieces = {0};

	if (n < 1 || n > MAX_INPUT)
		return 0;
	read_form(p[0], p + 1, n - 1, 0, &whole);
	read_form(p[0], p + 1, n - 1, 7, &pieces);
	input_must(strcmp(buf_str(&whole), buf_str(&pieces)) == 0,
	    "cuts change nothing");
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
