/* Whether a kind's wire can be sent as a synapse. */
#include <string.h>

#include "common/config.h"
#include "common/err.h"
#include "orchestrator/protocol_parts.h"
#include "orchestrator/protocol_synapse.h"
#include "subtensor/synapse.h"

enum {
	MAX_FILE = 16 * 1024 * 1024, /* in a body, where it is base64 */
	MAX_SLOTS = 64,		     /* each is a connection */
};

static const json_t *
wire_of(const json_t *kind, const char *name)
{
	return json_object_get(json_object_get(kind, "wire"), name);
}

static bool
is_name(const json_t *value)
{
	return json_is_string(value) &&
	       synapse_is_name(json_string_value(value));
}

static int
check_field(
    const json_t *kind, const char *name, const json_t *value, struct err *err)
{
	const json_t *param = json_object_get(value, "param");
	const json_t *as = json_object_get(value, "as");
	const json_t *input = json_object_get(value, "input");

	if (!synapse_is_name(name))
		return err_set(err,
		    "wire.fields must have names of letters, digits and "
		    "underscores, of fewer than %d characters",
		    SYNAPSE_MAX_NAME);
	if (!json_is_object(value))
		return 0;
	if (as != NULL && (param == NULL || !json_is_string(as) ||
			      strcmp(json_string_value(as), "base64") != 0))
		return err_set(
		    err, "wire.fields.%s.as must be base64, of a param", name);
	if (param != NULL &&
	    json_object_get(json_object_get(kind, "params"),
		json_is_string(param) ? json_string_value(param) : "") == NULL)
		return err_set(err,
		    "wire.fields.%s.param must be one of the kind's params",
		    name);
	if (input != NULL && (!json_is_string(input) ||
				 strcmp(json_string_value(input), "base64")))
		return err_set(
		    err, "wire.fields.%s.input must be base64", name);
	return 0;
}

/* Whether a field is the job's file. */
static int
check_input(const json_t *kind, bool is_sent, struct err *err)
{
	bool is_taken =
	    json_array_size(json_object_get(kind, "input_types")) > 0;

	if (is_sent && !is_taken)
		return err_set(err,
		    "wire.fields must not have an input: the kind takes no "
		    "file");
	if (is_taken && !is_sent)
		return err_set(err,
		    "wire.fields must have a field {\"input\": \"base64\"}, "
		    "as the kind takes a file");
	return 0;
}

static int
check_fields(const json_t *kind, struct err *err)
{
	const json_t *fields = wire_of(kind, "fields");
	const json_t *named =
	    fields != NULL ? fields : json_object_get(kind, "params");
	bool has_input = false;
	const char *name;
	json_t *value;

	if (fields != NULL && !json_is_object(fields))
		return err_set(err, "wire.fields must be an object");
	if (json_object_size(named) > SYNAPSE_MAX_FIELDS)
		return err_set(
		    err, "wire.fields must be at most %d", SYNAPSE_MAX_FIELDS);
	json_object_foreach((json_t *)named, name, value)
	{
		if (check_field(
			kind, name, fields != NULL ? value : NULL, err) != 0)
			return -1;
		has_input |=
		    fields != NULL && json_object_get(value, "input") != NULL;
	}
	return check_input(kind, has_input, err);
}

/* Whether each job has a value for a parameter. */
static bool
is_always_said(const json_t *kind, const char *param)
{
	const json_t *spec =
	    json_object_get(json_object_get(kind, "params"), param);

	return json_is_true(json_object_get(spec, "required")) ||
	       json_object_get(spec, "default") != NULL;
}

/* Whether a field is in each job, and is what has a hash. */
static bool
is_hashable(const json_t *kind, const char *name)
{
	const json_t *fields = wire_of(kind, "fields");
	const json_t *value = json_object_get(fields, name);
	const char *param = json_string_value(json_object_get(value, "param"));

	if (fields == NULL)
		return is_always_said(kind, name);
	if (param != NULL)
		return is_always_said(kind, param);
	return value != NULL && !json_is_array(value) &&
	       (!json_is_object(value) ||
		   json_object_get(value, "input") != NULL);
}

static int
check_hash_fields(const json_t *kind, struct err *err)
{
	const json_t *names = wire_of(kind, "hash_fields");
	json_t *name;
	size_t i;

	if (names != NULL && !json_is_array(names))
		return err_set(err, "wire.hash_fields must be an array");
	json_array_foreach((json_t *)names, i, name)
	{
		if (!json_is_string(name) ||
		    !is_hashable(kind, json_string_value(name)))
			return err_set(err,
			    "wire.hash_fields must be names of fields that "
			    "each job has, as a text or a number");
	}
	return 0;
}

static int
check_output(const json_t *kind, struct err *err)
{
	const json_t *output = wire_of(kind, "output");
	const json_t *text = json_object_get(output, "text");
	const char *as = json_string_value(json_object_get(output, "as"));
	bool is_file =
	    json_array_size(json_object_get(kind, "output_types")) > 0;

	if (!is_name(json_object_get(output, "field")))
		return err_set(
		    err, "wire.output.field must be the name of a field");
	if (as == NULL || (strcmp(as, "base64") != 0 &&
			      (is_file || (strcmp(as, "text") != 0 &&
					      strcmp(as, "json") != 0))))
		return err_set(err, "wire.output.as must be base64%s",
		    is_file ? ", as the result is a file" : ", text or json");
	if (text != NULL && (is_file || !json_is_string(text)))
		return err_set(err,
		    "wire.output.text must be the name of a member of a "
		    "result that is JSON");
	return 0;
}

static int64_t
time_of(const json_t *kind, const char *field)
{
	const char *text = json_string_value(json_object_get(kind, field));

	return text != NULL ? config_parse_ms(text) : -1;
}

/* The answer brings the result: it is waited for as long as that. */
static int
check_limits(const json_t *kind, struct err *err)
{
	const json_t *slots = wire_of(kind, "slots");
	const json_t *error = wire_of(kind, "error");
	json_int_t most_in =
	    json_integer_value(json_object_get(kind, "max_input_bytes"));
	json_int_t most_out =
	    json_integer_value(json_object_get(kind, "max_output_bytes"));

	if (most_in > MAX_FILE || most_out > MAX_FILE)
		return err_set(err,
		    "max_input_bytes and max_output_bytes must be at most %d: "
		    "they go along in JSON",
		    (int)MAX_FILE);
	if (time_of(kind, "answer") < time_of(kind, "attempt"))
		return err_set(err,
		    "answer must be no less than attempt: the answer brings "
		    "the result");
	if (slots != NULL &&
	    (!json_is_integer(slots) || json_integer_value(slots) < 1 ||
		json_integer_value(slots) > MAX_SLOTS))
		return err_set(
		    err, "wire.slots must be between 1 and %d", MAX_SLOTS);
	if (error != NULL && !is_name(error))
		return err_set(err, "wire.error must be the name of a field");
	return 0;
}

int
protocol_synapse_check(const json_t *kind, struct err *err)
{
	static const char *const names[] = {
	    "fields", "output", "error", "hash_fields", "slots", NULL};
	const char *path = json_string_value(json_object_get(kind, "path"));

	if (protocol_check_members(json_object_get(kind, "wire"), names, err) !=
	    0)
		return -1;
	if (!synapse_is_name(path + 1))
		return err_set(err, "path must be / and a synapse's name");
	if (check_fields(kind, err) != 0 || check_hash_fields(kind, err) != 0 ||
	    check_output(kind, err) != 0)
		return -1;
	return check_limits(kind, err);
}
