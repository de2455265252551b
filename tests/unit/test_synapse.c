/* Requests to classic axons: hash, message and headers, to the byte. */
#include "subtensor/synapse.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOTHING                                                                \
	"a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
#define OURS "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define AXON "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML"
#define UUID "01234567-89ab-7cde-8f01-23456789abcd"

/* The digests are those of Python's hashlib. */
static void
bodies_are_hashed_by_their_fields(void **state)
{
	static const struct {
		const char *fields, *names;
		const char *want; /* NULL: refused */
	} cases[] = {
	    {"{\"a\": 1}", "[]", NOTHING},
	    {"{\"task_type\": \"transcription\", \"language\": \"en\", "
	     "\"n\": 7, \"f\": 2.5, \"b\": true, \"z\": null, \"more\": []}",
		"[\"task_type\", \"language\", \"n\", \"f\", \"b\", \"z\"]",
		"7d7458ba971c37204bb1d05d573624b6aff11f5adaa1d8abaa56a7a450d80"
		"4af"},
	    {"{\"input_data\": \"aGVsbG8=\"}", "[\"input_data\"]",
		"068460509847d45ef60b914f6242deae3e97b38c643de101b0c226df64782"
		"2d3"},
	    {"{\"a\": 1}", "[\"b\"]", NULL},
	    {"{\"a\": [1]}", "[\"a\"]", NULL},
	    {"{\"a\": {}}", "[\"a\"]", NULL},
	};
	char got[SYNAPSE_HASH_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *fields = json_loads(cases[i].fields, 0, NULL);
		json_t *names = json_loads(cases[i].names, 0, NULL);
		int rc = synapse_body_hash(fields, names, got);

		assert_int_equal(rc, cases[i].want != NULL ? 0 : -1);
		if (cases[i].want != NULL)
			assert_string_equal(got, cases[i].want);
		json_decref(fields);
		json_decref(names);
	}
	assert_int_equal(synapse_body_hash(NULL, NULL, got), 0);
	assert_string_equal(got, NOTHING);
}

static struct synapse_headers
headers_of(const json_t *fields)
{
	return (struct synapse_headers){
	    .name = "AudioTask",
	    .timeout_s = 12,
	    .axon_ip = "203.0.113.7",
	    .axon_port = 8091,
	    .axon_hotkey = AXON,
	    .dendrite_ip = "198.51.100.2",
	    .dendrite_hotkey = OURS,
	    .uuid = UUID,
	    .nonce_ns = 1764547200123456789,
	    .body_hash = NOTHING,
	    .signature = "0xab",
	    .fields = fields,
	    .body_len = 321,
	};
}

static void
messages_are_what_a_dendrite_signs(void **state)
{
	struct synapse_headers h = headers_of(NULL);
	char message[SYNAPSE_MAX_MESSAGE];

	(void)state;
	synapse_message(&h, message);
	assert_string_equal(
	    message, "1764547200123456789." OURS "." AXON "." UUID "." NOTHING);
}

static void
headers_are_a_dendrites(void **state)
{
	static const char *const want[] = {
	    "Content-Type: application/json",
	    "name: AudioTask",
	    "timeout: 12.0",
	    "bt_header_axon_ip: 203.0.113.7",
	    "bt_header_axon_port: 8091",
	    "bt_header_axon_hotkey: " AXON,
	    "bt_header_dendrite_ip: 198.51.100.2",
	    "bt_header_dendrite_version: 9000000",
	    "bt_header_dendrite_nonce: 1764547200123456789",
	    "bt_header_dendrite_uuid: " UUID,
	    "bt_header_dendrite_hotkey: " OURS,
	    "bt_header_dendrite_signature: 0xab",
	    "bt_header_input_obj_s: IiI=",     /* "" */
	    "bt_header_input_obj_i: MA==",     /* 0 */
	    "bt_header_input_obj_f: MC4w",     /* 0.0 */
	    "bt_header_input_obj_b: ZmFsc2U=", /* false */
	    "bt_header_input_obj_n: bnVsbA==", /* null */
	    "bt_header_input_obj_l: W10=",     /* [] */
	    "bt_header_input_obj_o: e30=",     /* {} */
	    "computed_body_hash: " NOTHING,
	    "total_size: 321",
	};
	enum { N = sizeof(want) / sizeof(want[0]) };
	json_t *fields = json_loads("{\"s\": \"x\", \"i\": 1, \"f\": 1.5, "
				    "\"b\": true, \"n\": null, \"l\": [1], "
				    "\"o\": {\"a\": 1}}",
	    0, NULL);
	struct synapse_headers h = headers_of(fields);
	char **got = synapse_headers(&h), last[64];
	size_t bytes = 0;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		assert_string_equal(got[i], want[i]);
		bytes += strlen(want[i]) + 2;
	}
	snprintf(last, sizeof(last), "header_size: %zu", bytes);
	assert_string_equal(got[N], last);
	assert_null(got[N + 1]);
	synapse_free(got);
	json_decref(fields);
}

static void
as_many_fields_as_there_may_be_have_room(void **state)
{
	json_t *fields = json_object();
	struct synapse_headers h = headers_of(fields);
	char **got, name[16];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < SYNAPSE_MAX_FIELDS; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		json_object_set_new(fields, name, json_integer(i));
	}
	got = synapse_headers(&h);
	while (got[n] != NULL)
		n++;
	assert_int_equal(n, 15 + SYNAPSE_MAX_FIELDS);
	synapse_free(got);
	json_decref(fields);
}

static void
names_are_pythons(void **state)
{
	char longest[SYNAPSE_MAX_NAME + 1];

	(void)state;
	memset(longest, 'a', SYNAPSE_MAX_NAME);
	longest[SYNAPSE_MAX_NAME] = '\0';
	assert_false(synapse_is_name(longest));
	longest[SYNAPSE_MAX_NAME - 1] = '\0';
	assert_true(synapse_is_name(longest));
	assert_true(synapse_is_name("AudioTask"));
	assert_true(synapse_is_name("_x9"));
	assert_false(synapse_is_name(""));
	assert_false(synapse_is_name("9x"));
	assert_false(synapse_is_name("a b"));
	assert_false(synapse_is_name("a\r\nb"));
	assert_false(synapse_is_name("a-b"));
}

static void
a_status_is_three_digits(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {{"200", 200}, {"100", 100}, {"599", 599}, {"600", 0},
	    {"099", 0}, {"20", 0}, {"2000", 0}, {" 200", 0}, {"2x0", 0},
	    {"-20", 0}, {"", 0}, {NULL, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(synapse_status(cases[i].text), cases[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_are_hashed_by_their_fields),
	    cmocka_unit_test(messages_are_what_a_dendrite_signs),
	    cmocka_unit_test(headers_are_a_dendrites),
	    cmocka_unit_test(as_many_fields_as_there_may_be_have_room),
	    cmocka_unit_test(names_are_pythons),
	    cmocka_unit_test(a_status_is_three_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
