/*
 * The caption is put into lower case letter by letter. Of all letters outside
 * of ASCII only two give one of ASCII: the Kelvin sign, which is a k, and the
 * dotted capital I, which is an i and a dot of its own.
 */
#include "scorer/engage_tag.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "scorer/text.h"

enum { OF_HOTKEY = 5, KELVIN = 0x212a, DOTTED_I = 0x130 };

void
engage_tag(const char *hotkey, char out[ENGAGE_TAG_MAX])
{
	size_t len = strlen(hotkey);

	snprintf(out, ENGAGE_TAG_MAX,
	    "Made with @infinitevibe.ai on #bittensor --- %s",
	    hotkey + (len > OF_HOTKEY ? len - OF_HOTKEY : 0));
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static void
add_lower(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t from = i;
		uint32_t code = text_next(text, len, &i);

		if (code < 0x80)
			buf_add_byte(out, lower(text[from]));
		else if (code == KELVIN)
			buf_add_byte(out, 'k');
		else if (code == DOTTED_I)
			buf_add_str(out, "i\xcc\x87");
		else
			buf_add(out, text + from, i - from);
	}
}

bool
engage_tag_is_in(const char *hotkey, const char *caption, size_t len)
{
	struct buf lowered = {0}, wanted = {0};
	char tag[ENGAGE_TAG_MAX];
	bool found;

	engage_tag(hotkey, tag);
	add_lower(&wanted, tag, strlen(tag));
	add_lower(&lowered, caption, len);
	found = memmem(buf_str(&lowered), lowered.len, buf_str(&wanted),
		    wanted.len) != NULL;
	buf_free(&lowered);
	buf_free(&wanted);
	return found;
}
