/* Header values with parameters. */
#include "common/multipart_param.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"

static const char *
skip_space(const char *p)
{
	return p + strspn(p, " \t");
}

bool
multipart_value_is(const char *header, const char *value)
{
	size_t len = strlen(value);

	header = skip_space(header);
	if (strncasecmp(header, value, len) != 0)
		return false;
	header = skip_space(header + len);
	return *header == '\0' || *header == ';';
}

/* p is behind the opening quote; returns what is behind the closing one. */
static const char *
take_quoted(const char *p, struct buf *out)
{
	for (; *p != '"'; p++) {
		if (*p == '\0')
			return NULL;
		if (*p == '\\' && (p[1] == '"' || p[1] == '\\')) {
			buf_add_byte(out, *++p);
		} else if (strncmp(p, "%22", 3) == 0) {
			buf_add_byte(out, '"');
			p += 2;
		} else {
			buf_add_byte(out, *p);
		}
	}
	return p + 1;
}

static const char *
take_token(const char *p, struct buf *out)
{
	size_t len = strcspn(p, " \t;\"=,");

	if (len == 0)
		return NULL;
	buf_add(out, p, len);
	return p + len;
}

/* One `; name=value`; NULL if it is malformed. */
static const char *
take_param(const char *p, struct buf *name, struct buf *value)
{
	buf_reset(name);
	buf_reset(value);
	p = take_token(skip_space(p), name);
	if (p == NULL)
		return NULL;
	p = skip_space(p);
	if (*p != '=')
		return NULL;
	p = skip_space(p + 1);
	p = *p == '"' ? take_quoted(p + 1, value) : take_token(p, value);
	if (p == NULL)
		return NULL;
	p = skip_space(p);
	return *p == '\0' || *p == ';' ? p : NULL;
}

int
multipart_param(const char *header, const char *name, char **out)
{
	struct buf key = {0}, value = {0};
	const char *p = header + strcspn(header, ";");

	*out = NULL;
	while (*p == ';' && *skip_space(p + 1) != '\0') {
		p = take_param(p + 1, &key, &value);
		if (p == NULL)
			goto fail;
		if (strcasecmp(buf_str(&key), name) != 0)
			continue;
		if (*out != NULL)
			goto fail;
		*out = xstrdup(buf_str(&value));
	}
	buf_free(&key);
	buf_free(&value);
	return 0;
fail:
	free(*out);
	*out = NULL;
	buf_free(&key);
	buf_free(&value);
	return -1;
}

char *
multipart_decode_extended(const char *value)
{
	struct buf out = {0};
	const char *p;
	uint8_t byte;

	if (strncasecmp(value, "utf-8'", 6) != 0)
		return NULL;
	p = strchr(value + 6, '\'');
	if (p == NULL)
		return NULL;
	for (p++; *p != '\0'; p++) {
		if (*p != '%') {
			buf_add_byte(&out, *p);
			continue;
		}
		if (p[1] == '\0' || p[2] == '\0' ||
		    hex_decode((char[]){p[1], p[2], '\0'}, &byte, 1) != 1 ||
		    byte < 0x20 || byte == 0x7f) {
			buf_free(&out);
			return NULL;
		}
		buf_add_byte(&out, byte);
		p += 2;
	}
	return buf_take_str(&out);
}
