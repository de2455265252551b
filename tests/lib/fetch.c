/* HTTP for tests and the demonstration. */
#include "tests/lib/fetch.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/xalloc.h"

enum { TIMEOUT_MS = 30000 };

static size_t
on_bytes(char *data, size_t size, size_t n, void *arg)
{
	struct buf *text = arg;

	buf_add(text, data, size * n);
	return size * n;
}

static struct curl_slist *
set_headers(CURL *curl, const char *const *headers)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	for (; headers != NULL && *headers != NULL; headers++)
		list = curl_slist_append(list, *headers);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	return list;
}

static curl_mime *
set_parts(CURL *curl, const struct fetch_part *part)
{
	curl_mime *mime = curl_mime_init(curl);

	for (; part->name != NULL; part++) {
		curl_mimepart *p = curl_mime_addpart(mime);

		curl_mime_name(p, part->name);
		curl_mime_data(p, part->data, part->len);
		if (part->filename != NULL)
			curl_mime_filename(p, part->filename);
		if (part->content_type != NULL)
			curl_mime_type(p, part->content_type);
	}
	curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
	return mime;
}

static void
set_body(CURL *curl, const void *body, size_t len)
{
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
}

static void
set_common(CURL *curl, const struct fetch_ask *ask)
{
	curl_easy_setopt(curl, CURLOPT_URL, ask->url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
	    (long)(ask->timeout_ms > 0 ? ask->timeout_ms : TIMEOUT_MS));
	if (ask->unix_socket != NULL)
		curl_easy_setopt(
		    curl, CURLOPT_UNIX_SOCKET_PATH, ask->unix_socket);
	if (ask->method != NULL && strcmp(ask->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (ask->method != NULL)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask->method);
}

int
fetch(const struct fetch_ask *ask, struct fetch_answer *answer)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = set_headers(curl, ask->headers);
	struct buf body = {0}, head = {0};
	curl_mime *mime = NULL;
	char why[CURL_ERROR_SIZE] = "";
	long status = 0;
	CURLcode code;

	if (ask->parts != NULL)
		mime = set_parts(curl, ask->parts);
	else if (ask->body != NULL)
		set_body(curl, ask->body, ask->len);
	set_common(curl, ask);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
	*answer = (struct fetch_answer){0};
	code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	else
		snprintf(answer->why, sizeof(answer->why), "%s",
		    why[0] != '\0' ? why : curl_easy_strerror(code));
	curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &answer->seconds);
	answer->status = status;
	answer->len = body.len;
	answer->body = buf_take_str(&body);
	answer->headers = buf_take_str(&head);
	curl_mime_free(mime);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return code == CURLE_OK ? 0 : -1;
}

int
fetch_get(const char *url, struct fetch_answer *answer)
{
	struct fetch_ask ask = {.url = url};

	return fetch(&ask, answer);
}

int
fetch_post_json(const char *url, const char *json, struct fetch_answer *answer)
{
	const char *const headers[] = {"Content-Type: application/json", NULL};
	struct fetch_ask ask = {
	    .url = url, .headers = headers, .body = json, .len = strlen(json)};

	return fetch(&ask, answer);
}

void
fetch_clear(struct fetch_answer *answer)
{
	free(answer->body);
	free(answer->headers);
	*answer = (struct fetch_answer){0};
}

json_t *
fetch_json(const struct fetch_answer *answer)
{
	return json_loadb(answer->body, answer->len, JSON_DECODE_ANY, NULL);
}

char *
fetch_header(const struct fetch_answer *answer, const char *name)
{
	const char *line = answer->headers;
	size_t len = strlen(name);

	while ((line = strchr(line, '\n')) != NULL) {
		line++;
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		line += len + 1;
		line += strspn(line, " \t");
		return xstrndup(line, strcspn(line, "\r\n"));
	}
	return NULL;
}
