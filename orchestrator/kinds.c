/* The kinds of job: from the file to rows, and from rows to structs. */
#include "orchestrator/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/openai_kind.h"
#include "orchestrator/params.h"
#include "orchestrator/protocol.h"

static const char *const texts[] = {
    "name", "protocol", "path", "capacity_key", "scoring", NULL};
static const char *const numbers[] = {"retry_budget", "miners_min",
    "miners_wanted", "miners_max", "max_input_bytes", "max_output_bytes", NULL};
static const char *const times[] = {"deadline", "attempt", "answer", NULL};
static const char *const lists[] = {"input_types", "output_types", NULL};
static const char *const scorings[] = {"transcript", "summary", "translation",
    "speech", "sound", "image", "none", NULL};
static const char *const flags[] = {"hedge", "deterministic", NULL}; /* or no */

enum { MAX_MINERS = 10, MAX_TIME_MS = 7 * 86400 * 1000, MAX_PULLED = 1000 };

static int
bad(struct err *err, const json_t *kind, const char *field, const char *want)
{
	const char *name = json_string_value(json_object_get(kind, "name"));

	return err_set(err, "kind %s: %s must be %s",
	    name != NULL ? name : "without a name", field, want);
}

/* "attempt": "2m" in the file is attempt_ms in the table. */
static int
take_times(const json_t *kind, json_t *row, struct err *err)
{
	for (int i = 0; times[i] != NULL; i++) {
		const char *text =
		    json_string_value(json_object_get(kind, times[i]));
		int64_t ms = text != NULL ? config_parse_ms(text) : -1;
		char column[32];

		if (ms <= 0 || ms > MAX_TIME_MS)
			return bad(err, kind, times[i],
			    "a time such as 2m, at most 7d");
		snprintf(column, sizeof(column), "%s_ms", times[i]);
		json_object_set_new(row, column, json_integer(ms));
	}
	return 0;
}

static bool
is_list_of_strings(const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (!json_is_string(item))
			return false;
	}
	return json_is_array(list);
}

static bool
is_one_of(const json_t *kind, const char *field, const char *const *words)
{
	const char *text = json_string_value(json_object_get(kind, field));

	while (*words != NULL && strcmp(*words, text) != 0)
		words++;
	return *words != NULL;
}

/* What it is must be a protocol's name; what else it says, as the protocol
 * wants it. */
static int
check_protocol(const json_t *kind, struct err *err)
{
	const struct protocol *protocol =
	    protocol_find(json_string_value(json_object_get(kind, "protocol")));
	const json_t *wire = json_object_get(kind, "wire");
	struct buf names = {0};

	if (protocol == NULL) {
		protocol_names(&names);
		bad(err, kind, "protocol", buf_str(&names));
		buf_free(&names);
		return -1;
	}
	if (protocol->is_pulled && json_is_true(json_object_get(kind, "hedge")))
		return bad(err, kind, "hedge",
		    "false, as its miners ask for their work");
	if (protocol->check == NULL) {
		if (wire == NULL ||
		    (json_is_object(wire) && json_object_size(wire) == 0))
			return 0;
		return bad(err, kind, "wire",
		    "absent: its protocol has no use for it");
	}
	if (protocol->check(kind, err) == 0)
		return 0;
	return err_wrap(
	    err, "kind %s", json_string_value(json_object_get(kind, "name")));
}

static json_int_t
number(const json_t *kind, const char *field)
{
	return json_integer_value(json_object_get(kind, field));
}

static bool
is_key(const char *text)
{
	return text[0] != '\0' &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] ==
		   '\0';
}

/* What each field may be beside being of its type. */
static int
check_values(const json_t *kind, struct err *err)
{
	json_int_t least = number(kind, "miners_min");
	json_int_t wanted = number(kind, "miners_wanted");
	json_int_t most = number(kind, "miners_max");

	if (!is_one_of(kind, "scoring", scorings))
		return bad(err, kind, "scoring",
		    "transcript, summary, translation, speech, sound, image "
		    "or none");
	if (!is_key(json_string_value(json_object_get(kind, "capacity_key"))))
		return bad(err, kind, "capacity_key",
		    "letters, digits, dots, dashes and underscores");
	if (json_string_value(json_object_get(kind, "path"))[0] != '/')
		return bad(err, kind, "path", "a path that begins with /");
	if (most < 1 || most > MAX_MINERS)
		return bad(err, kind, "miners_max", "between 1 and 10");
	if (least < 1 || least > wanted || wanted > most)
		return bad(err, kind, "miners_wanted",
		    "between miners_min, which is 1 or more, and miners_max");
	return check_protocol(kind, err);
}

static int
check_fields(const json_t *kind, struct err *err)
{
	for (int i = 0; texts[i] != NULL; i++) {
		if (!json_is_string(json_object_get(kind, texts[i])))
			return bad(err, kind, texts[i], "a string");
	}
	for (int i = 0; numbers[i] != NULL; i++) {
		const json_t *n = json_object_get(kind, numbers[i]);

		if (!json_is_integer(n) || json_integer_value(n) < 0)
			return bad(err, kind, numbers[i], "a number >= 0");
	}
	for (int i = 0; lists[i] != NULL; i++) {
		if (!is_list_of_strings(json_object_get(kind, lists[i])))
			return bad(
			    err, kind, lists[i], "an array of media types");
	}
	for (int i = 0; flags[i] != NULL; i++) {
		const json_t *flag = json_object_get(kind, flags[i]);

		if (flag != NULL && !json_is_boolean(flag))
			return bad(err, kind, flags[i], "true or false");
	}
	return check_values(kind, err);
}

/* How many a miner takes at once that does not say. */
static int
take_pull(const json_t *kind, json_t *row, struct err *err)
{
	static const char field[] = "pull_capacity";
	const json_t *n = json_object_get(kind, field);

	if (n == NULL)
		json_object_set_new(row, field, json_integer(1));
	else if (!json_is_integer(n) || json_integer_value(n) < 1 ||
		 json_integer_value(n) > MAX_PULLED)
		return bad(err, kind, field, "between 1 and 1000");
	return 0;
}

static json_t *
row_of(const json_t *kind, int netuid, struct err *err)
{
	const json_t *params = json_object_get(kind, "params");
	json_t *row;

	if (check_fields(kind, err) != 0 || openai_kind_check(kind, err) != 0)
		return NULL;
	if (params_check_spec(params, err) != 0) {
		err_wrap(err, "kind %s",
		    json_string_value(json_object_get(kind, "name")));
		return NULL;
	}
	row = json_copy((json_t *)kind);
	json_object_set_new(row, "netuid", json_integer(netuid));
	json_object_set_new(row, "of_axons",
	    json_boolean(protocol_find(
		json_string_value(json_object_get(kind, "protocol")))
			     ->is_of_axons));
	if (json_object_get(row, "wire") == NULL)
		json_object_set_new(row, "wire", json_object());
	for (int i = 0; flags[i] != NULL; i++) {
		if (json_object_get(row, flags[i]) == NULL)
			json_object_set_new(row, flags[i], json_false());
	}
	if (json_object_get(row, "aliases") == NULL)
		json_object_set_new(row, "aliases", json_array());
	if (json_object_get(row, "openai") == NULL)
		json_object_set_new(row, "openai", json_object());
	if (take_times(kind, row, err) != 0 || take_pull(kind, row, err) != 0) {
		json_decref(row);
		return NULL;
	}
	return row;
}

char *
kinds_rows(const char *text, int netuid, struct err *err)
{
	json_error_t why;
	json_t *file = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	json_t *rows = json_array(), *row, *kind;
	char *out = NULL;
	size_t i;

	if (file == NULL)
		err_set(err, "line %d: %s", why.line, why.text);
	else if (!json_is_array(file))
		err_set(err, "it must be an array of kinds");
	if (!json_is_array(file))
		goto done;
	json_array_foreach(file, i, kind)
	{
		row = row_of(kind, netuid, err);
		if (row == NULL)
			goto done;
		json_array_append_new(rows, row);
	}
	if (openai_kinds_check(rows, err) != 0)
		goto done;
	out = json_dumps(rows, JSON_COMPACT);
done:
	json_decref(rows);
	json_decref(file);
	return out;
}

static json_t *
json_cell(const PGresult *res, int row, const char *column)
{
	json_t *json = json_loads(pg_text(res, row, column), 0, NULL);

	return json != NULL ? json : json_null();
}

static void
kind_from_row(struct kind *k, const PGresult *res, int i)
{
	k->name = xstrdup(pg_text(res, i, "name"));
	k->protocol = xstrdup(pg_text(res, i, "protocol"));
	k->path = xstrdup(pg_text(res, i, "path"));
	k->capacity_key = xstrdup(pg_text(res, i, "capacity_key"));
	k->deadline_ms = pg_int(res, i, "deadline_ms");
	k->attempt_ms = pg_int(res, i, "attempt_ms");
	k->answer_ms = pg_int(res, i, "answer_ms");
	k->retry_budget = pg_int(res, i, "retry_budget");
	k->miners_min = pg_int(res, i, "miners_min");
	k->miners_wanted = pg_int(res, i, "miners_wanted");
	k->miners_max = pg_int(res, i, "miners_max");
	k->input_types = json_cell(res, i, "input_types");
	k->max_input_bytes = pg_int(res, i, "max_input_bytes");
	k->output_types = json_cell(res, i, "output_types");
	k->max_output_bytes = pg_int(res, i, "max_output_bytes");
	k->params = json_cell(res, i, "params");
	k->aliases = json_cell(res, i, "aliases");
	k->openai = json_cell(res, i, "openai");
	k->wire = json_cell(res, i, "wire");
	k->is_speech = strcmp(pg_text(res, i, "scoring"), "speech") == 0;
	k->hedge = pg_bool(res, i, "hedge");
	k->pull_capacity = (int)pg_int(res, i, "pull_capacity");
}

struct kinds *
kinds_from_rows(const PGresult *res)
{
	struct kinds *kinds = xcalloc(1, sizeof(*kinds));

	kinds->n = PQntuples(res);
	kinds->items = xcalloc(kinds->n, sizeof(*kinds->items));
	for (size_t i = 0; i < kinds->n; i++)
		kind_from_row(&kinds->items[i], res, i);
	return kinds;
}

void
kinds_free(struct kinds *kinds)
{
	if (kinds == NULL)
		return;
	for (size_t i = 0; i < kinds->n; i++) {
		struct kind *k = &kinds->items[i];

		free(k->name);
		free(k->protocol);
		free(k->path);
		free(k->capacity_key);
		json_decref(k->input_types);
		json_decref(k->output_types);
		json_decref(k->params);
		json_decref(k->aliases);
		json_decref(k->openai);
		json_decref(k->wire);
	}
	free(kinds->items);
	free(kinds);
}

const struct kind *
kinds_find(const struct kinds *kinds, const char *name)
{
	for (size_t i = 0; kinds != NULL && i < kinds->n; i++) {
		if (strcmp(kinds->items[i].name, name) == 0)
			return &kinds->items[i];
	}
	return NULL;
}

bool
kind_is_pulled(const struct kind *k)
{
	return protocol_find(k->protocol)->is_pulled;
}

static bool
has_type(const json_t *types, const char *media_type)
{
	size_t len = strcspn(media_type, "; "), i;
	json_t *type;

	json_array_foreach(types, i, type)
	{
		if (json_string_length(type) == len &&
		    strncasecmp(json_string_value(type), media_type, len) == 0)
			return true;
	}
	return false;
}

bool
kind_takes(const struct kind *k, const char *media_type)
{
	return has_type(k->input_types, media_type);
}

bool
kind_gives(const struct kind *k, const char *media_type)
{
	return has_type(k->output_types, media_type);
}
