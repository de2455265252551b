/* HTTP and JSON-RPC, synchronous. */
#include "subnetctl/web.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"

static size_t
on_bytes(char *data, size_t size, size_t n, void *arg)
{
	struct buf *text = arg;

	if (text->len + size * n > WEB_MAX_ANSWER)
		return 0;
	buf_add(text, data, size * n);
	return size * n;
}

static json_t *
perform(CURL *curl, const char *url, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	struct buf text = {0};
	json_t *json = NULL;
	long status = 0;
	CURLcode code;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WEB_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK)
		err_set(err, "%s: %s", url,
		    why[0] != '\0' ? why : curl_easy_strerror(code));
	else if (status != 200)
		err_set(err, "%s: answered %ld", url, status);
	else if ((json = json_loadb((char *)text.data, text.len, 0, NULL)) ==
		 NULL)
		err_set(err, "%s: the answer is not JSON", url);
	buf_free(&text);
	return json;
}

json_t *
web_get(const char *url, struct err *err)
{
	CURL *curl = curl_easy_init();
	json_t *json = perform(curl, url, err);

	curl_easy_cleanup(curl);
	return json;
}

char *
web_http_url(const char *endpoint)
{
	if (strncmp(endpoint, "ws://", 5) == 0)
		return xasprintf("http://%s", endpoint + 5);
	if (strncmp(endpoint, "wss://", 6) == 0)
		return xasprintf("https://%s", endpoint + 6);
	return xstrdup(endpoint);
}

/* What the node says of its refusal. */
static const char *
message_of(const json_t *answer)
{
	const char *text = json_string_value(
	    json_object_get(json_object_get(answer, "error"), "message"));

	return text != NULL ? text : "without a reason";
}

json_t *
web_call(const char *url, const char *method, json_t *params, struct err *err)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers =
	    curl_slist_append(NULL, "Content-Type: application/json");
	json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0",
	    "id", 1, "method", method, "params", params);
	char *body = json_dumps(request, JSON_COMPACT);
	json_t *answer, *result;

	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	answer = perform(curl, url, err);
	result = json_incref(json_object_get(answer, "result"));
	if (answer != NULL && result == NULL)
		err_set(err, "%s: %s was refused: %.200s", url, method,
		    message_of(answer));
	json_decref(answer);
	json_decref(request);
	free(body);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return result;
}
