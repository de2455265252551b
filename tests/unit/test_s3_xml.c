/* The little XML that S3 speaks to us. */
#include "common/s3_xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"

static void
an_elements_text_is_found(void **state)
{
	static const struct {
		const char *xml, *element, *text; /* NULL: none */
	} cases[] = {
	    {"<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code></Error>",
		"Code", "SlowDown"},
	    {"<Error><Code> a b </Code><Code>c</Code></Error>", "Code",
		" a b "},
	    {"<R><CodeX>1</CodeX><Code x=\"1\">2</Code></R>", "Code", "2"},
	    {"<ETag>&quot;a&#34;&amp;lt;&lt;&nbsp;</ETag>", "ETag",
		"\"a\"&lt;<&nbsp;"},
	    {"<Code></Code>", "Code", ""},
	    {"<Code/><Code>1</Code>", "Code", "1"},
	    {"<Code a=\"1\"/>x</Code>", "Code", NULL},
	    {"<Code><b>1</b></Code>", "Code", NULL},
	    {"<Code>1</Cod>", "Code", NULL},
	    {"<Code>1</Code", "Code", NULL},
	    {"<Code>1", "Code", NULL},
	    {"<Code", "Code", NULL},
	    {"", "Code", NULL},
	    {"not xml at all", "Code", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* A copy without the NUL: reading over its end is seen. */
		size_t len = strlen(cases[i].xml);
		char *xml = xmemdup(cases[i].xml, len);
		char *text = s3_xml_text(xml, len, cases[i].element);

		if (cases[i].text == NULL)
			assert_null(text);
		else
			assert_string_equal(text, cases[i].text);
		free(text);
		free(xml);
	}
	assert_null(s3_xml_text(NULL, 0, "Code"));
}

static void
a_text_is_limited(void **state)
{
	struct buf xml = {0};
	char *text;

	(void)state;
	buf_add_str(&xml, "<Code>");
	for (int i = 0; i < S3_MAX_TEXT; i++)
		buf_add_byte(&xml, 'x');
	buf_add_str(&xml, "</Code>");
	text = s3_xml_text(xml.data, xml.len, "Code");
	assert_int_equal(strlen(text), S3_MAX_TEXT);
	free(text);
	xml.data[5] = 'x'; /* one more */
	xml.data[4] = '>';
	memcpy(xml.data + xml.len - 7, "</Cod>", 7);
	assert_null(s3_xml_text(xml.data, xml.len, "Cod"));
	buf_free(&xml);
}

static void
parts_are_listed(void **state)
{
	struct buf xml = {0};

	(void)state;
	s3_xml_begin(&xml);
	s3_xml_part(&xml, 1, "\"a\"");
	s3_xml_part(&xml, 10000, "<&");
	s3_xml_end(&xml);
	assert_string_equal(buf_str(&xml),
	    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"
	    "&quot;a&quot;</ETag></Part><Part><PartNumber>10000</PartNumber>"
	    "<ETag>&lt;&amp;</ETag></Part></CompleteMultipartUpload>");
	buf_free(&xml);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_elements_text_is_found),
	    cmocka_unit_test(a_text_is_limited),
	    cmocka_unit_test(parts_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
