/* A request's body as it comes. */
#include "orchestrator/form.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/err.h"
#include "common/multipart.h"
#include "common/xalloc.h"

enum { MAX_FIELDS = 16, MAX_TYPE = 128, MAX_NAME = 256 };

struct form_field {
	char name[64];
	struct buf text;
};

struct form {
	struct blobs *blobs;
	char file_part[32];
	uint64_t max_file_bytes;
	size_t max_field;
	struct multipart *multipart; /* NULL: the body is one text */
	bool is_encoded;	     /* which is a form's fields, not JSON */
	struct buf text;
	json_t *json;
	struct form_field fields[MAX_FIELDS];
	size_t n;
	struct blob_writer *file, *writing; /* writing: the part at hand */
	struct buf *field;		    /* or this is */
	char file_type[MAX_TYPE], file_name[MAX_NAME];
	uint64_t file_bytes;
	enum form_fault fault;
	struct err err;
};

/* Always -1. */
static int
unstored(struct form *f)
{
	f->fault = FORM_UNSTORED;
	return -1;
}

/* NULL: there are too many. */
static struct form_field *
field_new(struct form *f, const char *name)
{
	struct form_field *field;

	if (f->n == MAX_FIELDS) {
		err_set(&f->err, "more than %d fields", MAX_FIELDS);
		return NULL;
	}
	field = &f->fields[f->n++];
	snprintf(field->name, sizeof(field->name), "%s", name);
	return field;
}

static int
on_part(const struct multipart_part *part, void *arg)
{
	struct form *f = arg;
	struct form_field *field;

	f->writing = NULL;
	f->field = NULL;
	if (strcmp(part->name, f->file_part) == 0) {
		if (f->file != NULL)
			return err_set(
			    &f->err, "two parts named %s", f->file_part);
		f->file = blob_begin(f->blobs, f->max_file_bytes, &f->err);
		f->writing = f->file;
		snprintf(f->file_type, sizeof(f->file_type), "%s",
		    part->content_type);
		snprintf(f->file_name, sizeof(f->file_name), "%s",
		    part->filename != NULL ? part->filename : "");
		return f->file != NULL ? 0 : unstored(f);
	}
	field = field_new(f, part->name);
	if (field == NULL)
		return -1;
	f->field = &field->text;
	return 0;
}

static int
write_file(struct form *f, const void *data, size_t len)
{
	if (len > f->max_file_bytes - blob_bytes(f->file)) {
		f->fault = FORM_TOO_LARGE;
		return err_set(&f->err, "%s is over %llu bytes", f->file_part,
		    (unsigned long long)f->max_file_bytes);
	}
	return blob_write(f->file, data, len, &f->err) == 0 ? 0 : unstored(f);
}

/* Half a field is nobody's: nothing of it is kept. */
static int
too_long(struct form *f, struct form_field *field)
{
	buf_free(&field->text);
	f->fault = FORM_TOO_LARGE;
	return err_set(&f->err, "the field %s is over %zu bytes", field->name,
	    f->max_field);
}

static int
on_data(const void *data, size_t len, void *arg)
{
	struct form *f = arg;

	if (f->writing != NULL)
		return write_file(f, data, len);
	if (f->field->len + len > f->max_field)
		return too_long(f, &f->fields[f->n - 1]);
	buf_add(f->field, data, len);
	return 0;
}

static int
on_part_end(void *arg)
{
	struct form *f = arg;

	f->writing = NULL;
	f->field = NULL;
	return 0;
}

static const struct multipart_events events = {on_part, on_data, on_part_end};

static const char plain_type[] = "application/json";
static const char encoded_type[] = "application/x-www-form-urlencoded";

/* It is that one, perhaps with parameters. */
static bool
is_type(const char *content_type, const char *type)
{
	size_t len = strcspn(content_type, "; \t");

	return len == strlen(type) && strncasecmp(content_type, type, len) == 0;
}

struct form *
form_new(struct blobs *blobs, const char *content_type, const char *file_part,
    uint64_t max_file_bytes, struct err *err)
{
	struct form *f = xcalloc(1, sizeof(*f));

	f->blobs = blobs;
	f->max_file_bytes = max_file_bytes;
	f->max_field = FORM_MAX_FIELD;
	snprintf(f->file_part, sizeof(f->file_part), "%s", file_part);
	f->is_encoded =
	    content_type != NULL && is_type(content_type, encoded_type);
	if (f->is_encoded ||
	    (content_type != NULL && is_type(content_type, plain_type)))
		return f;
	f->multipart = multipart_new(
	    content_type != NULL ? content_type : "", &events, f, err);
	if (f->multipart != NULL)
		return f;
	free(f);
	return NULL;
}

void
form_widen(struct form *f, size_t max_field)
{
	f->max_field = max_field;
}

void
form_free(struct form *f)
{
	if (f == NULL)
		return;
	multipart_free(f->multipart);
	for (size_t i = 0; i < f->n; i++)
		buf_free(&f->fields[i].text);
	buf_free(&f->text);
	json_decref(f->json);
	blob_abort(f->file);
	free(f);
}

static int
feed(struct form *f, const void *data, size_t len)
{
	struct err err = {""};

	if (f->multipart == NULL) {
		if (f->text.len + len > FORM_MAX_JSON) {
			f->fault = FORM_TOO_LARGE;
			return err_set(&f->err, "the %s is over %d bytes",
			    f->is_encoded ? "form" : "JSON", FORM_MAX_JSON);
		}
		buf_add(&f->text, data, len);
		return 0;
	}
	if (multipart_feed(f->multipart, data, len, &err) == 0)
		return 0;
	if (f->err.text[0] == '\0') /* no reason of our own */
		f->err = err;
	return -1;
}

void
form_feed(struct form *f, const void *data, size_t len)
{
	if (f->fault == FORM_GOOD && feed(f, data, len) != 0 &&
	    f->fault == FORM_GOOD)
		f->fault = FORM_MALFORMED;
}

static int
finish_json(struct form *f)
{
	json_error_t why;

	if (f->text.len == 0)
		return err_set(&f->err, "the body is empty");
	f->json = json_loadb(
	    (char *)f->text.data, f->text.len, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(f->json))
		return 0;
	if (f->json != NULL)
		return err_set(&f->err, "the body must be a JSON object");
	return err_set(
	    &f->err, "the body is not JSON: line %d: %s", why.line, why.text);
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "a+b%21" as "a b!", in place; -1 if it cannot be, or holds a NUL. */
static int
decode(char *text)
{
	char *out = text;

	for (; *text != '\0'; text++) {
		int high, low;

		if (*text != '%') {
			*out++ = *text == '+' ? ' ' : *text;
			continue;
		}
		high = digit_of(text[1]);
		low = high < 0 ? -1 : digit_of(text[2]);
		if (low < 0 || high * 16 + low == 0)
			return -1;
		*out++ = (char)(high * 16 + low);
		text += 2;
	}
	*out = '\0';
	return 0;
}

/* "name=value" of the text, which is written over. */
static int
take_pair(struct form *f, char *pair)
{
	char *value = strchr(pair, '=');
	struct form_field *field;

	if (value != NULL)
		*value++ = '\0';
	if (decode(pair) != 0 || (value != NULL && decode(value) != 0))
		return err_set(&f->err, "the form is not URL-encoded");
	field = field_new(f, pair);
	if (field == NULL)
		return -1;
	buf_add_str(&field->text, value != NULL ? value : "");
	return field->text.len <= f->max_field ? 0 : too_long(f, field);
}

static int
finish_encoded(struct form *f)
{
	char *rest = (char *)buf_str(&f->text), *pair;

	if (memchr(rest, '\0', f->text.len) != NULL)
		return err_set(&f->err, "the form holds a NUL");
	while ((pair = strsep(&rest, "&")) != NULL) {
		if (*pair != '\0' && take_pair(f, pair) != 0)
			return -1;
	}
	return 0;
}

static int
finish(struct form *f)
{
	if (f->is_encoded)
		return finish_encoded(f);
	if (f->multipart == NULL)
		return finish_json(f);
	if (f->file != NULL)
		f->file_bytes = blob_bytes(f->file);
	return multipart_finish(f->multipart, &f->err);
}

int
form_finish(struct form *f, struct err *err)
{
	if (f->fault == FORM_GOOD && finish(f) != 0 && f->fault == FORM_GOOD)
		f->fault = FORM_MALFORMED;
	if (f->fault == FORM_GOOD)
		return 0;
	*err = f->err;
	return -1;
}

enum form_fault
form_fault(const struct form *f)
{
	return f->fault;
}

int
form_fault_status(enum form_fault fault)
{
	switch (fault) {
	case FORM_GOOD:
		return 200;
	case FORM_MALFORMED:
		return 400;
	case FORM_TOO_LARGE:
		return 413;
	case FORM_UNSTORED:
		return 503;
	}
	return 500;
}

const char *
form_fault_code(enum form_fault fault)
{
	switch (fault) {
	case FORM_GOOD:
		return "";
	case FORM_MALFORMED:
		return "bad_body";
	case FORM_TOO_LARGE:
		return "too_large";
	case FORM_UNSTORED:
		return "unavailable";
	}
	return "";
}

const char *
form_field_nth(const struct form *f, const char *name, size_t n)
{
	for (size_t i = 0; i < f->n; i++) {
		struct buf *text = (struct buf *)&f->fields[i].text;

		if (strcmp(f->fields[i].name, name) != 0 || n-- > 0)
			continue;
		return strlen(buf_str(text)) == text->len ? buf_str(text)
							  : NULL;
	}
	return NULL;
}

bool
form_has(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->fields[i].name, name) == 0)
			return true;
	}
	return false;
}

const char *
form_field(const struct form *f, const char *name)
{
	return form_field_nth(f, name, 0);
}

const json_t *
form_json(const struct form *f)
{
	return f->json;
}

const char *
form_file_name(const struct form *f)
{
	return f->file_name;
}

const char *
form_file_type(const struct form *f)
{
	return f->file_type;
}

uint64_t
form_file_bytes(const struct form *f)
{
	return f->file_bytes;
}

uint64_t
form_json_bytes(const struct form *f)
{
	return f->text.len;
}

struct blob_writer *
form_take_file(struct form *f)
{
	struct blob_writer *file = f->file;

	f->file = NULL;
	return file;
}
