/* What a client asks for of a webhook. */
#include "orchestrator/webhooks_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/http_client.h"

static const char *const fields[] = {"url", "events", "tenant", NULL};
static const char *const events[] = {
    "job.done", "job.failed", "job.expired", "job.cancelled", NULL};
static const char event_names[] =
    "job.done, job.failed, job.expired and job.cancelled";

static const char tenant_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static bool
is_one_of(const char *const *words, const char *word)
{
	while (*words != NULL && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

char *
webhooks_url(
    const json_t *url, const char *field, bool private, struct err *err)
{
	char *clean;

	if (!json_is_string(url) ||
	    strlen(json_string_value(url)) != json_string_length(url) ||
	    json_string_length(url) > WEBHOOKS_MAX_URL) {
		err_set(err, "%s must be a URL of at most %d bytes", field,
		    WEBHOOKS_MAX_URL);
		return NULL;
	}
	clean = http_url_clean(json_string_value(url), private, err);
	if (clean == NULL) {
		err_wrap(err, "%s", field);
		return NULL;
	}
	if (strlen(clean) <= WEBHOOKS_MAX_URL)
		return clean;
	free(clean);
	err_set(err, "%s must be a URL of at most %d bytes", field,
	    WEBHOOKS_MAX_URL);
	return NULL;
}

bool
webhooks_tenant_is_valid(const char *name)
{
	return strlen(name) <= 64 &&
	       name[strspn(name, tenant_characters)] == '\0';
}

static int
take_tenant(const json_t *request, char out[65], struct err *err)
{
	const json_t *value = json_object_get(request, "tenant");
	const char *name = json_string_value(value);

	if (value == NULL)
		return 0;
	if (name == NULL || strlen(name) != json_string_length(value) ||
	    name[0] == '\0' || !webhooks_tenant_is_valid(name))
		return err_set(err,
		    "tenant must be a name of 1 to 64 letters, digits, dots, "
		    "dashes and underscores");
	snprintf(out, 65, "%s", name);
	return 0;
}

/* Each once, so that the list cannot grow. */
static int
take_events(const json_t *request, json_t *out, struct err *err)
{
	const json_t *list = json_object_get(request, "events");
	json_t *item;
	size_t i;

	if (list != NULL && !json_is_array(list))
		return err_set(err,
		    "events must be an array of names; there are %s",
		    event_names);
	if (json_array_size(list) > sizeof(events) / sizeof(events[0]) - 1)
		return err_set(err,
		    "events must name each event once; there are %s",
		    event_names);
	json_array_foreach(list, i, item)
	{
		if (!json_is_string(item) ||
		    !is_one_of(events, json_string_value(item)))
			return err_set(err,
			    "events[%zu] is not an event; there are %s", i,
			    event_names);
		json_array_append(out, item);
	}
	return 0;
}

int
webhooks_request_parse(const json_t *request, bool private,
    struct webhooks_request *out, struct err *err)
{
	const char *name;
	json_t *value;

	memset(out, 0, sizeof(*out));
	out->events = json_array();
	if (!json_is_object(request)) {
		err_set(err, "send a JSON object with url");
		goto fail;
	}
	json_object_foreach((json_t *)request, name, value)
	{
		if (is_one_of(fields, name))
			continue;
		err_set(err,
		    "%.64s is not a field of a webhook, which has url, events "
		    "and tenant",
		    name);
		goto fail;
	}
	if (take_tenant(request, out->tenant, err) != 0 ||
	    take_events(request, out->events, err) != 0)
		goto fail;
	out->url =
	    webhooks_url(json_object_get(request, "url"), "url", private, err);
	if (out->url != NULL)
		return 0;
fail:
	webhooks_request_clear(out);
	return -1;
}

void
webhooks_request_clear(struct webhooks_request *request)
{
	free(request->url);
	json_decref(request->events);
	memset(request, 0, sizeof(*request));
}
