/* What the development chain hides, to be an older one. */
#include "tests/unit/devchain_desk.h"

#include "common/hex.h"
#include "tests/fake/devchain/older.h"

static const char subtensor[] = "SubtensorModule";

/* A spec with names hidden; the list ends with NULL. */
static struct runtime_spec
spec_without(const char *const *names)
{
	struct runtime_spec spec = {
	    .spec_version = 343, .transaction_version = 1};
	struct err err;

	for (; *names != NULL; names++)
		if (older_hide(&spec, *names, &err) != 0)
			fail_msg("%s", err.text);
	return spec;
}

static void
only_what_there_is_can_be_hidden(void **state)
{
	static const char *const wrong[] = {"", "SubtensorModule", ".Tempo",
	    "SubtensorModule.", "SubtensorModule.Nothing", "Nowhere.Tempo",
	    "SubtensorModule.commit", "SubtensorModule.netuid",
	    "SubnetInfoRuntimeApi_get_metagraph",
	    "SubnetInfoRuntimeApi.get_nothing"};
	static const char *const names[] = {"SubtensorModule.set_weights",
	    "SubtensorModule.commit_timelocked_weights",
	    "Commitments.set_commitment", "SubtensorModule.Tempo",
	    "SubnetInfoRuntimeApi.get_metagraph", NULL};
	struct runtime_spec spec = {0};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(older_hide(&spec, wrong[i], &err), -1);
	assert_int_equal(spec.n_hidden, 0);
	spec = spec_without(names);
	assert_int_equal(spec.n_hidden, 5);
	while (spec.n_hidden < SPEC_MAX_HIDDEN)
		assert_int_equal(older_hide(&spec, names[0], &err), 0);
	assert_int_equal(older_hide(&spec, names[0], &err), -1);
}

static void
check_hidden(const struct metadata *md)
{
	assert_null(
	    metadata_call(md, subtensor, "commit_timelocked_weights", NULL));
	assert_non_null(metadata_call(
	    md, subtensor, "commit_timelocked_mechanism_weights", NULL));
	assert_null(metadata_storage(md, subtensor, "LastEpochBlock", NULL));
	assert_non_null(metadata_storage(md, subtensor, "Tempo", NULL));
}

static void
what_is_hidden_is_not_in_the_metadata(void **state)
{
	static const char *const names[] = {
	    "SubtensorModule.commit_timelocked_weights",
	    "SubtensorModule.LastEpochBlock",
	    "SubnetInfoRuntimeApi.get_subnet_hyperparams_v3", NULL};
	struct runtime_spec spec = spec_without(names);
	struct runtime *rt = runtime_new(&spec);
	struct metadata *v14 = metadata_parse(rt->v14.data, rt->v14.len, NULL);

	(void)state;
	assert_non_null(v14);
	check_hidden(v14);
	check_hidden(rt->md);
	assert_null(metadata_method(
	    rt->md, "SubnetInfoRuntimeApi_get_subnet_hyperparams_v3"));
	assert_non_null(metadata_method(
	    rt->md, "SubnetInfoRuntimeApi_get_subnet_hyperparams"));
	assert_non_null(
	    metadata_storage(rt->all, subtensor, "LastEpochBlock", NULL));
	metadata_free(v14);
	runtime_free(rt);
}

/* The indices of the calls there are; -1: it is not there. */
static int
index_of(const struct runtime *rt, const char *call)
{
	const struct variant *v = metadata_call(rt->md, subtensor, call, NULL);

	return v != NULL ? v->index : -1;
}

static void
there_are_commits_of_one_form_only(void **state)
{
	static const struct {
		const char *call;
		int index, crv3_index;
	} cases[] = {
	    {"commit_crv3_weights", -1, 99},
	    {"commit_crv3_mechanism_weights", -1, 117},
	    {"commit_timelocked_weights", 113, -1},
	    {"commit_timelocked_mechanism_weights", 118, -1},
	    {"commit_weights", 96, 96},
	};
	const struct runtime_spec spec = {.spec_version = 424},
				  crv3 = {.spec_version = 293, .crv3 = true};
	struct runtime *rt = runtime_new(&spec), *old = runtime_new(&crv3);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(index_of(rt, cases[i].call), cases[i].index);
		assert_int_equal(
		    index_of(old, cases[i].call), cases[i].crv3_index);
	}
	runtime_free(rt);
	runtime_free(old);
}

/* A text that is answered, "null", or an error's code. The caller frees. */
static char *
said(struct desk *d, const char *method, const char *params)
{
	json_t *j = desk_ask(d, method, params);
	const json_t *code = json_object_get(j, "code");
	char *text;

	if (json_is_string(j))
		text = xstrdup(json_string_value(j));
	else if (code != NULL)
		text = xasprintf("%d", (int)json_integer_value(code));
	else
		text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(j);
	return text;
}

static void
check_said(struct desk *d, const char *method, const char *params,
    const char *expected)
{
	char *text = said(d, method, params);

	assert_string_equal(text, expected);
	free(text);
}

static int
start_without(void **state, const char *const *names)
{
	struct runtime_spec spec = spec_without(names);

	return desk_start(state, &spec);
}

static int
set_up(void **state)
{
	static const char *const names[] = {
	    "SubtensorModule.commit_timelocked_weights",
	    "SubtensorModule.LastEpochBlock",
	    "SubnetInfoRuntimeApi.get_subnet_hyperparams_v3", NULL};

	return start_without(state, names);
}

/* A bare extrinsic of commit_timelocked_weights: if it can be read, it is
 * refused for being bare. */
static const char bare_commit[] = "['0x40040771010000000000000000000004"
				  "00']";

static void
a_hidden_call_cannot_be_decoded(void **state)
{
	struct desk *d = *state;
	void *all;

	check_said(d, "author_submitExtrinsic", bare_commit, "1002");
	desk_set_up(&all);
	check_said(all, "author_submitExtrinsic", bare_commit, "1010");
	desk_tear_down(&all);
}

static void
a_hidden_method_is_not_exported(void **state)
{
	static const char v3[] =
	    "['SubnetInfoRuntimeApi_get_subnet_hyperparams_v3', '0x0900']";
	static const char v1[] =
	    "['SubnetInfoRuntimeApi_get_subnet_hyperparams', '0x0900']";
	struct desk *d = *state;
	void *all;

	check_said(d, "state_call", v3, "4003");
	check_said(d, "state_call", v1, "0x00");
	desk_set_up(&all);
	check_said(all, "state_call", v3, "0x00");
	desk_tear_down(&all);
}

/* The key of an entry of subnet 1, quoted. The caller frees. */
static char *
key_of(const struct desk *d, const char *entry)
{
	struct buf key = {0};
	char *hex, *quoted;

	item_key(d->node.chain->best->runtime->all, item_net(entry, 1), &key);
	hex = hex_0x(key.data, key.len);
	quoted = xasprintf("'%s'", hex);
	buf_free(&key);
	free(hex);
	return quoted;
}

/* The values at a key, by each way there is to ask. */
static void
check_reads(struct desk *d, const char *key, bool there)
{
	char *params = xasprintf("[%s]", key), *list, *size;
	const json_t *change;
	json_t *found;

	list = xasprintf("[%s, 10]", key);
	size = said(d, "state_getStorageSize", params);
	assert_string_equal(size, there ? "8" : "null");
	free(size);
	found = desk_ask(d, "state_getKeysPaged", list);
	assert_int_equal(json_array_size(found), there);
	json_decref(found);
	free(params);
	params = xasprintf("[[%s]]", key);
	found = desk_ask(d, "state_queryStorageAt", params);
	change = json_array_get(
	    json_object_get(json_array_get(found, 0), "changes"), 0);
	assert_int_equal(json_is_string(json_array_get(change, 1)), there);
	json_decref(found);
	free(params);
	free(list);
}

/* Its epochs are counted all the same. */
static void
a_hidden_entry_reads_as_nothing(void **state)
{
	struct desk *d = *state;
	char *hidden = key_of(d, "LastEpochBlock");
	char *shown = key_of(d, "SubnetEpochIndex"), *params;

	params = xasprintf("[[%s]]", hidden);
	json_decref(desk_ask(d, "state_subscribeStorage", params));
	json_decref(desk_ask(d, "dev_newBlock", "[25]"));
	check_reads(d, hidden, false);
	check_reads(d, shown, true);
	assert_int_equal(json_array_size(d->told), 1); /* null, at first */
	check_said(d, "dev_set",
	    "[{'entry': 'LastEpochBlock', 'keys': [1], 'value': 3}]", "-32602");
	free(params);
	free(hidden);
	free(shown);
}

static void
metadata_may_be_of_version_14_alone(void **state)
{
	static const char at_15[] =
	    "['Metadata_metadata_at_version', '0x0f000000']";
	static const char versions[] = "['Metadata_metadata_versions', '0x']";
	const struct runtime_spec spec = {
	    .spec_version = 343, .transaction_version = 1, .v14_only = true};
	struct desk *d = *state;
	void *old;
	char *text;

	check_said(d, "state_call", versions, "0x080e0000000f000000");
	desk_start(&old, &spec);
	check_said(old, "state_call", versions, "0x040e000000");
	check_said(old, "state_call", at_15, "0x00");
	text = said(old, "state_getMetadata", "[]");
	assert_memory_equal(text, "0x6d6574610e", 12);
	free(text);
	desk_tear_down(&old);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, desk_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_what_there_is_can_be_hidden),
	    cmocka_unit_test(what_is_hidden_is_not_in_the_metadata),
	    cmocka_unit_test(there_are_commits_of_one_form_only),
	    CASE(a_hidden_call_cannot_be_decoded),
	    CASE(a_hidden_method_is_not_exported),
	    CASE(a_hidden_entry_reads_as_nothing),
	    CASE(metadata_may_be_of_version_14_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
