/* Epistula: the message, and the strict parser. */
#include "subtensor/epistula.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define UUID "01234567-89ab-7cde-8f01-23456789abcd"
#define MINER "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

enum { NOW = 1764547200 };
static const int64_t now_ms = NOW * INT64_C(1000);

static void
messages_are_what_dippy_signs(void **state)
{
	static const char body[] =
	    "{\"prompt\":\"Caf\\u00e9 \\u2615 \\\"q\\\" /x\",\"seed\":7,"
	    "\"f\":4.0,\"n\":null,\"b\":true,"
	    "\"nested\":{\"z\":1,\"a\":[1,2.5]}}";
	char message[EPISTULA_MAX_MESSAGE];

	(void)state;
	epistula_message(
	    body, sizeof(body) - 1, UUID, 1764547200123, MINER, message);
	assert_string_equal(message,
	    "af983cf607e3ab2a3e4ce18e5ff44e2aced411195269729bd3a550a2125f519d."
	    "01234567-89ab-7cde-8f01-23456789abcd.1764547200123."
	    "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML");
	epistula_message("", 0, UUID, 5, "", message);
	assert_string_equal(
	    message, EMPTY ".01234567-89ab-7cde-8f01-23456789abcd.5.");
	epistula_message("{}", 2, UUID, 5, "", message);
	assert_memory_equal(message,
	    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
	    64);
}

static void
a_built_message_parses_back(void **state)
{
	struct epistula_fields fields;
	char message[EPISTULA_MAX_MESSAGE];

	(void)state;
	epistula_message("", 0, UUID, now_ms, MINER, message);
	assert_int_equal(epistula_parse(message, strlen(message), &fields), 0);
	assert_string_equal(fields.digest, EMPTY);
	assert_string_equal(fields.uuid, UUID);
	assert_string_equal(fields.signed_for, MINER);
	assert_int_equal(fields.timestamp_ms, now_ms);
	epistula_message("", 0, UUID, 1, "", message);
	assert_int_equal(epistula_parse(message, strlen(message), &fields), 0);
	assert_string_equal(fields.signed_for, "");
}

static void
what_is_not_exactly_a_message_is_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    ".",
	    EMPTY,
	    EMPTY "." UUID,
	    EMPTY "." UUID ".1",
	    EMPTY "." UUID "..",
	    EMPTY "." UUID ".0.",
	    EMPTY "." UUID ".01.",
	    EMPTY "." UUID ". 1.",
	    EMPTY "." UUID ".1 .",
	    EMPTY "." UUID ".-1.",
	    EMPTY "." UUID ".1x.",
	    EMPTY "." UUID ".1234567890123456789.",
	    EMPTY "." UUID ".1..",
	    EMPTY "." UUID ".1." MINER ".",
	    EMPTY "." UUID ".1." MINER " ",
	    EMPTY "." UUID ".1.nobody",
	    EMPTY "0." UUID ".1.",
	    "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	    "." UUID ".1.",
	    "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	    "." UUID ".1.",
	    EMPTY ".01234567-89AB-7cde-8f01-23456789abcd.1.",
	    EMPTY ".0123456789ab7cde8f0123456789abcd.1.",
	    EMPTY ".01234567-89ab-7cde-8f01-23456789abcd0.1.",
	    "<Bytes>" EMPTY "." UUID ".1.</Bytes>",
	};
	static const char with_nul[] = EMPTY "." UUID ".1.\0";
	struct epistula_fields fields;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (epistula_parse(bad[i], strlen(bad[i]), &fields) != -1)
			fail_msg("accepted: %s", bad[i]);
	}
	assert_int_equal(
	    epistula_parse(with_nul, sizeof(with_nul) - 1, &fields), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_are_what_dippy_signs),
	    cmocka_unit_test(a_built_message_parses_back),
	    cmocka_unit_test(what_is_not_exactly_a_message_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
