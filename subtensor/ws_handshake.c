/* The opening of a WebSocket; the answer is read by libhttp-parser. */
#include "subtensor/ws_handshake.h"

#include <http_parser.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/ws_url.h"

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

enum { MAX_NAME = 64, MAX_VALUE = 256 };

struct answer {
	const char *accept; /* what must come */
	char name[MAX_NAME], value[MAX_VALUE];
	struct ws_refusal *refusal;
	bool value_begun;
	bool upgrade, connection, accepted, extended;
	bool complete;
};

void
ws_handshake_request(const struct ws_url *url, const uint8_t nonce[WS_NONCE],
    char key[WS_KEY], struct buf *out)
{
	char host[300];

	EVP_EncodeBlock((unsigned char *)key, nonce, WS_NONCE);
	ws_url_host(url, host, sizeof(host));
	buf_printf(out,
	    "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
	    "Sec-WebSocket-Version: 13\r\nUser-Agent: subnetd\r\n\r\n",
	    url->path, host, key);
}

void
ws_handshake_accept(const char *key, char out[WS_ACCEPT])
{
	char text[WS_KEY + sizeof(guid)];
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	snprintf(text, sizeof(text), "%s%s", key, guid);
	EVP_Digest(text, strlen(text), digest, &len, EVP_sha1(), NULL);
	EVP_EncodeBlock((unsigned char *)out, digest, (int)len);
}

/* Is the word one of the value's, which are separated by commas? */
static bool
has_token(const char *value, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = value; *p != '\0'; p += strcspn(p, ",")) {
		p += strspn(p, ", \t");
		if (strncasecmp(p, word, len) == 0 &&
		    strchr(", \t", p[len]) != NULL)
			return true;
	}
	return false;
}

static void
end_of_header(struct answer *a)
{
	if (strcasecmp(a->name, "Upgrade") == 0)
		a->upgrade |= has_token(a->value, "websocket");
	else if (strcasecmp(a->name, "Connection") == 0)
		a->connection |= has_token(a->value, "upgrade");
	else if (strcasecmp(a->name, "Sec-WebSocket-Accept") == 0)
		a->accepted = strcmp(a->value, a->accept) == 0;
	else if (strcasecmp(a->name, "Sec-WebSocket-Extensions") == 0 ||
		 strcasecmp(a->name, "Sec-WebSocket-Protocol") == 0)
		a->extended = true;
	else if (strcasecmp(a->name, "Retry-After") == 0)
		snprintf(a->refusal->retry_after,
		    sizeof(a->refusal->retry_after), "%s", a->value);
	a->name[0] = '\0';
	a->value[0] = '\0';
	a->value_begun = false;
}

static int
append(char *to, size_t size, const char *at, size_t len)
{
	size_t have = strlen(to);

	if (len >= size - have) {
		len = size - have - 1;
	}
	memcpy(to + have, at, len);
	to[have + len] = '\0';
	return 0;
}

static int
on_name(http_parser *p, const char *at, size_t len)
{
	struct answer *a = p->data;

	if (a->value_begun)
		end_of_header(a);
	return append(a->name, sizeof(a->name), at, len);
}

static int
on_value(http_parser *p, const char *at, size_t len)
{
	struct answer *a = p->data;

	a->value_begun = true;
	return append(a->value, sizeof(a->value), at, len);
}

static int
on_head(http_parser *p)
{
	struct answer *a = p->data;

	end_of_header(a);
	a->complete = true;
	return 2; /* no body: the bytes behind are frames */
}

static int
judge(const http_parser *p, const struct answer *a, struct err *err)
{
	if (p->status_code != 101) {
		a->refusal->status = (int)p->status_code;
		return err_set(
		    err, "the node answered HTTP %u", (unsigned)p->status_code);
	}
	if (!a->upgrade || !a->connection)
		return err_set(err, "the answer is no WebSocket upgrade");
	if (!a->accepted)
		return err_set(err, "Sec-WebSocket-Accept is wrong");
	if (a->extended)
		return err_set(err, "an extension nobody asked for");
	return 0;
}

/* The length of a head that is there, with its empty line; or 0. */
static size_t
head_length(const char *data, size_t len)
{
	const char *end = memmem(data, len, "\r\n\r\n", 4);

	return end == NULL ? 0 : (size_t)(end - data) + 4;
}

long
ws_handshake_check(const void *data, size_t len, const char *key,
    struct ws_refusal *refusal, struct err *err)
{
	http_parser_settings settings;
	http_parser parser;
	char accept[WS_ACCEPT];
	struct answer a = {.accept = accept, .refusal = refusal};
	size_t head = head_length(data, len);

	memset(refusal, 0, sizeof(*refusal));
	if (head > WS_MAX_HEAD || (head == 0 && len > WS_MAX_HEAD))
		return err_set(err, "the answer's head is too long");
	if (head == 0)
		return 0;
	ws_handshake_accept(key, accept);
	http_parser_settings_init(&settings);
	settings.on_header_field = on_name;
	settings.on_header_value = on_value;
	settings.on_headers_complete = on_head;
	http_parser_init(&parser, HTTP_RESPONSE);
	parser.data = &a;
	http_parser_execute(&parser, &settings, data, head);
	if (!a.complete)
		return err_set(err, "the answer is not HTTP");
	return judge(&parser, &a, err) != 0 ? -1 : (long)head;
}
