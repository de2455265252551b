/* The address in a miner's commitment. */
#include "weightsetter/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/value.h"

/* "Raw0" .. "Raw128", "BigRaw": whatever this runtime's Data has. */
bool
address_is_raw(const char *variant)
{
	if (strcmp(variant, "BigRaw") == 0)
		return true;
	if (strncmp(variant, "Raw", 3) != 0)
		return false;
	return variant[3 + strspn(variant + 3, "0123456789")] == '\0';
}

/* Letters, digits, dashes and dots; labels are neither empty nor begun or
 * ended by a dash. */
static bool
is_name(const char *host)
{
	char before = '.';

	for (const char *p = host; *p != '\0'; before = *p++) {
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '.')
			return false;
		if (*p == '.' && (before == '.' || before == '-'))
			return false;
		if (*p == '-' && before == '.')
			return false;
	}
	return before != '.' && before != '-';
}

static bool
is_host(const char *host, size_t len)
{
	char text[SNAPSHOT_MAX_ADDRESS];
	struct in6_addr address;

	if (len == 0 || len >= sizeof(text))
		return false;
	memcpy(text, host, len);
	text[len] = '\0';
	if (text[0] != '[')
		return is_name(text);
	if (text[len - 1] != ']')
		return false;
	text[len - 1] = '\0';
	return inet_pton(AF_INET6, text + 1, &address) == 1;
}

static bool
is_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= 5 && text[digits] == '\0' &&
	       text[0] != '0' && atoi(text) <= UINT16_MAX;
}

static int
take_text(struct buf *bytes, char out[SNAPSHOT_MAX_ADDRESS])
{
	const char *text = buf_str(bytes);
	const char *colon = strrchr(text, ':');

	if (strlen(text) != bytes->len || bytes->len >= SNAPSHOT_MAX_ADDRESS)
		return -1;
	if (colon == NULL || !is_host(text, (size_t)(colon - text)) ||
	    !is_port(colon + 1))
		return -1;
	memcpy(out, text, bytes->len + 1);
	return 0;
}

/* The first field that is raw: {"Raw14": "0x..."}; NULL if there is none. */
static const json_t *
first_raw(const json_t *fields)
{
	const char *variant;
	json_t *field, *value;
	size_t i;

	json_array_foreach((json_t *)fields, i, field)
	{
		json_object_foreach(field, variant, value)
		{
			if (address_is_raw(variant))
				return value;
		}
	}
	return NULL;
}

int
address_read(const json_t *registration, char out[SNAPSHOT_MAX_ADDRESS])
{
	const json_t *info = json_object_get(registration, "info");
	const json_t *raw = first_raw(json_object_get(info, "fields"));
	struct buf bytes = {0};
	int rc = -1;

	if (raw != NULL && value_bytes(raw, SNAPSHOT_MAX_ADDRESS, &bytes) == 0)
		rc = take_text(&bytes, out);
	buf_free(&bytes);
	return rc;
}
