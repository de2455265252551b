/*
 * Bittensor's synapses: a classic axon is asked as a dendrite asks, and its
 * answer in the same connection is the result.
 */
#include "orchestrator/protocol_synapse.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/python_text.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/protocol.h"

enum {
	MORE_ANSWER = 1024 * 1024, /* beside what was sent and the result */
};

static char *
base64_of(const void *data, size_t len)
{
	size_t size =
	    sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
	char *text = xmalloc(size);

	sodium_bin2base64(
	    text, size, data, len, sodium_base64_VARIANT_ORIGINAL);
	return text;
}

static json_t *
json_base64(const void *data, size_t len)
{
	char *text = base64_of(data, len);
	json_t *json = json_string(text);

	free(text);
	return json;
}

/* -- the request ----------------------------------------------------------- */

static json_t *
param_as(const json_t *param, const json_t *as)
{
	const char *text = json_string_value(param);

	if (as == NULL || text == NULL)
		return json_incref((json_t *)param);
	return json_base64(text, json_string_length(param));
}

/* What the field is in this job; NULL: the client did not say. */
static json_t *
value_of(const json_t *said, const struct protocol_ask *ask)
{
	const json_t *param = json_object_get(said, "param");

	if (param != NULL)
		return param_as(
		    json_object_get(ask->job->params, json_string_value(param)),
		    json_object_get(said, "as"));
	if (json_object_get(said, "input") != NULL)
		return json_base64(ask->input, ask->input_len);
	return json_incref((json_t *)said);
}

static json_t *
fields_of(const struct protocol_ask *ask)
{
	const json_t *said = json_object_get(ask->job->kind->wire, "fields");
	json_t *fields, *value;
	const char *name;

	if (said == NULL)
		return json_copy(ask->job->params);
	fields = json_object();
	json_object_foreach((json_t *)said, name, value)
	{
		json_t *field = value_of(value, ask);

		if (field != NULL)
			json_object_set_new(fields, name, field);
	}
	return fields;
}

static int
build(const struct protocol_ask *ask, struct protocol_sending *out,
    struct err *err)
{
	const json_t *wire = ask->job->kind->wire;

	out->fields = fields_of(ask);
	if (json_object_size(out->fields) > SYNAPSE_MAX_FIELDS)
		return err_set(err, "more than %d fields", SYNAPSE_MAX_FIELDS);
	if (synapse_body_hash(out->fields, json_object_get(wire, "hash_fields"),
		out->body_hash) != 0)
		return err_set(err,
		    "a field of wire.hash_fields is missing, or is no text, "
		    "number, true, false or null");
	out->body = python_json(out->fields);
	return 0;
}

/* -- the answer ------------------------------------------------------------ */

static size_t
most_answer(const struct kind *kind)
{
	size_t bytes = kind->max_input_bytes + kind->max_output_bytes;

	return bytes / 3 * 4 + MORE_ANSWER;
}

static enum protocol_outcome
outcome_of(int status)
{
	switch (status) {
	case 408:
	case 504:
		return PROTOCOL_TIMED_OUT;
	case 500:
	case 501:
	case 502:
	case 505:
		return PROTOCOL_FAILED;
	default:
		return PROTOCOL_REFUSED;
	}
}

/* An axon says in a header what it made of the request; where HTTP says
 * otherwise than that all is well, that counts. */
static int
status_of(const struct protocol_answer *a)
{
	int said;

	if (a->status < 200 || a->status >= 300)
		return a->status;
	said = synapse_status(a->header(a->arg, "bt_header_axon_status_code"));
	return said != 0 ? said : 200;
}

static void
fail(struct protocol_reply *out, enum protocol_outcome outcome, const char *why)
{
	out->outcome = outcome;
	snprintf(out->why, sizeof(out->why), "%s", why);
}

static bool
says_error(const struct kind *kind, const json_t *fields)
{
	const char *name =
	    json_string_value(json_object_get(kind->wire, "error"));
	const char *text =
	    name != NULL ? json_string_value(json_object_get(fields, name))
			 : NULL;

	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

static int
decode(const json_t *value, struct buf *out)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value), n;

	if (text == NULL ||
	    sodium_base642bin(buf_reserve(out, len + 1), len + 1, text, len,
		" \t\r\n", &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return -1;
	out->len = n;
	return 0;
}

/* A result that is JSON: what was decoded, or the text as {"text"}. */
static json_t *
output_of_text(const char *text, size_t len)
{
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(json))
		return json;
	json_decref(json);
	json = json_stringn(text, len);
	return json != NULL ? json_pack("{s:o}", "text", json) : NULL;
}

/* The member that we know as text has that name, too. */
static void
name_text(json_t *output, const char *member)
{
	json_t *text = member != NULL ? json_object_get(output, member) : NULL;

	if (text != NULL)
		json_object_set(output, "text", text);
}

static json_t *
take_json(const json_t *value, const char *as, uint64_t *bytes)
{
	struct buf decoded = {0};
	json_t *output = NULL;

	if (strcmp(as, "json") == 0) {
		char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		*bytes = text != NULL ? strlen(text) : 0;
		free(text);
		return json_deep_copy(value);
	}
	if (strcmp(as, "text") == 0 && json_is_string(value))
		buf_add(&decoded, json_string_value(value),
		    json_string_length(value));
	else if (strcmp(as, "text") == 0 || decode(value, &decoded) != 0)
		goto done;
	*bytes = decoded.len;
	output = output_of_text(buf_str(&decoded), decoded.len);
done:
	buf_free(&decoded);
	return output;
}

static bool
is_nothing(const json_t *value)
{
	return value == NULL || json_is_null(value) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

static void
take_output(
    const struct kind *kind, const json_t *fields, struct protocol_reply *out)
{
	const json_t *spec = json_object_get(kind->wire, "output");
	const char *as = json_string_value(json_object_get(spec, "as"));
	const json_t *value = json_object_get(
	    fields, json_string_value(json_object_get(spec, "field")));

	out->outcome = PROTOCOL_RESULT;
	if (is_nothing(value))
		return; /* an empty result is the kind's to judge */
	if (json_array_size(kind->output_types) > 0) {
		if (decode(value, &out->file) != 0)
			fail(out, PROTOCOL_FAILED, "the output is no base64");
		return;
	}
	out->output = take_json(value, as, &out->output_bytes);
	if (out->output == NULL)
		fail(out, PROTOCOL_FAILED,
		    "the output is not what wire.output says");
	else
		name_text(out->output,
		    json_string_value(json_object_get(spec, "text")));
}

static void
read_answer(const struct kind *kind, const struct protocol_answer *a,
    struct protocol_reply *out)
{
	int status = status_of(a);
	json_t *fields;

	if (status < 200 || status >= 300) {
		out->outcome = outcome_of(status);
		snprintf(
		    out->why, sizeof(out->why), "the axon says %d", status);
		return;
	}
	fields = json_loadb(a->body, a->len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(fields))
		fail(out, PROTOCOL_FAILED, "the answer is no JSON object");
	else if (says_error(kind, fields))
		fail(out, PROTOCOL_FAILED, "the axon names an error");
	else
		take_output(kind, fields, out);
	json_decref(fields);
}

const struct protocol protocol_synapse = {
    .name = "synapse",
    .takes_input = true,
    .is_of_axons = true,
    .check = protocol_synapse_check,
    .build = build,
    .read = read_answer,
    .most_answer = most_answer,
};
