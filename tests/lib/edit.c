/* Replacing the first occurrence. */
#include "tests/lib/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/config_parse.h"
#include "common/err.h"

char *
edit_text(const char *text, const char *was, const char *is)
{
	const char *at = strstr(text, was);
	struct buf out = {0};

	if (at == NULL)
		fail_msg("\"%s\" is not there", was);
	buf_add(&out, text, at - text);
	buf_add_str(&out, is);
	buf_add_str(&out, at + strlen(was));
	return buf_take_str(&out);
}

char *
edit_file(const char *path, const char *const *edits)
{
	struct err err;
	char *text = config_read_file(path, &err);

	if (text == NULL)
		fail_msg("%s", err.text);
	for (; edits != NULL && *edits != NULL; edits += 2) {
		char *next = edit_text(text, edits[0], edits[1]);

		free(text);
		text = next;
	}
	return text;
}
