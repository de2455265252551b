/* subnetctl events and runtime-api: what a chain answered, by its types. */
#include <stdlib.h>

#include "common/buf.h"
#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/decode.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"

/* The value of a word's bytes; NULL, and why. */
static json_t *
decode_word(struct chain_args *args, const struct metadata *md, uint32_t type,
    const char *word, struct err *err)
{
	struct buf bytes = {0};
	json_t *value = NULL;

	if (chain_hex(args, "the value", word, &bytes, err) == 0)
		value = decode_all(md, type, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return value;
}

/* {"Name": inside} to inside. */
static const json_t *
inside(const json_t *json)
{
	void *only = json_object_iter((json_t *)json);

	return only != NULL ? json_object_iter_value(only) : NULL;
}

/* Where an event tells of a failure, its record gets the error's name. */
static void
name_error(const struct metadata *md, json_t *record)
{
	const json_t *fields = inside(inside(json_object_get(record, "event")));
	const json_t *error = json_object_get(fields, "dispatch_error");
	char *name;

	if (error == NULL)
		error = json_object_get(fields, "error");
	if (error == NULL)
		return;
	name = dispatch_error_name(md, error);
	json_object_set_new(record, "error", json_string(name));
	free(name);
}

static json_t *
events_json(struct chain_args *args, const struct metadata *md, struct err *err)
{
	int64_t type = metadata_events_type(md);
	json_t *list, *record;
	size_t i;

	if (type < 0) {
		err_set(err, "the runtime has no System.Events");
		return NULL;
	}
	list = decode_word(args, md, type, args->words[1], err);
	json_array_foreach(list, i, record) name_error(md, record);
	return list != NULL ? json_pack("{s:o}", "events", list) : NULL;
}

enum ctl_exit
chain_events_decode(struct chain_args *args, json_t **out, struct err *err)
{
	struct metadata *md = chain_metadata(args, args->words[0], err);

	if (md != NULL)
		*out = events_json(args, md, err);
	metadata_free(md);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

static json_t *
answer_json(struct chain_args *args, const struct metadata *md, struct err *err)
{
	const struct runtime_method *method =
	    metadata_method(md, args->words[1]);
	json_t *value;

	if (method == NULL) {
		err_set(err,
		    md->n_methods == 0
			? "metadata V%d describes no runtime APIs: use V15 or "
			  "later, of Metadata_metadata_at_version"
			: "metadata V%d has no runtime API %.80s: give it as "
			  "Api_method",
		    md->version, args->words[1]);
		return NULL;
	}
	value = decode_word(args, md, method->output, args->words[2], err);
	return value != NULL ? json_pack("{s:o}", "value", value) : NULL;
}

enum ctl_exit
chain_runtime_api_decode(struct chain_args *args, json_t **out, struct err *err)
{
	struct metadata *md = chain_metadata(args, args->words[0], err);

	if (md != NULL)
		*out = answer_json(args, md, err);
	metadata_free(md);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}
