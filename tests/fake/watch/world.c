/* The script, as JSON objects that are asked by name. */
#include "tests/fake/watch/world.h"

#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "tests/fake/watch/story.h"

static const double first_hour_s = 1767225600; /* 2026-01-01 */

static const char *const names[WORLD_SERVICES] = {
    [WORLD_TRACKER] = "tracker",
    [WORLD_DETECTOR] = "detector",
    [WORLD_MODERATOR] = "moderator",
    [WORLD_AUDIENCE] = "audience",
    [WORLD_GISTS] = "gists",
};

const char *
world_service_name(enum world_service service)
{
	return names[service];
}

void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->start_s = first_hour_s;
	w->contents = json_object();
	w->media = json_object();
	w->accounts = json_object();
	w->gists = json_object();
}

void
world_clear(struct world *w)
{
	json_decref(w->contents);
	json_decref(w->media);
	json_decref(w->accounts);
	json_decref(w->gists);
	for (size_t i = 0; i < WORLD_SERVICES; i++)
		json_decref(w->desks[i].script);
	memset(w, 0, sizeof(*w));
}

/* -- what is put ------------------------------------------------------------
 */

/* "a/b" of two members, the caller's; NULL and why. */
static char *
key_of(const json_t *entry, const char *a, const char *b, struct err *err)
{
	const char *first = json_string_value(json_object_get(entry, a));
	const char *second = json_string_value(json_object_get(entry, b));

	if (first != NULL && second != NULL)
		return xasprintf("%s/%s", first, second);
	err_set(err, "an entry without %s and %s", a, b);
	return NULL;
}

static int
put_into(
    json_t *table, json_t *list, const char *a, const char *b, struct err *err)
{
	size_t i;
	json_t *entry;

	if (!json_is_array(list))
		return err_set(err, "no array");
	json_array_foreach(list, i, entry)
	{
		char *key = key_of(entry, a, b, err);

		if (key == NULL)
			return -1;
		json_object_set(table, key, entry);
		free(key);
	}
	return 0;
}

char *
world_media_url(const json_t *story)
{
	const char *told = story_text(story, "media_url");

	if (*told != '\0')
		return xstrdup(told);
	return xasprintf("https://media.example.org/%s/%s.mp4",
	    story_text(story, "platform"), story_text(story, "id"));
}

static void
note_media(struct world *w, const json_t *story)
{
	char *key = xasprintf(
	    "%s/%s", story_text(story, "platform"), story_text(story, "id"));
	char *url = world_media_url(story);
	const char *direct = story_text(story, "direct_url");

	json_object_set_new(w->media, url, json_string(key));
	if (*direct != '\0')
		json_object_set_new(w->media, direct, json_string(key));
	free(url);
	free(key);
}

int
world_put_contents(struct world *w, json_t *list, struct err *err)
{
	size_t i;
	json_t *story;

	json_array_foreach(list, i, story)
	{
		const char *kind = story_text(story, "story");

		if (*kind != '\0' && !story_is_known(kind))
			return err_set(err, "no story \"%s\"", kind);
	}
	if (put_into(w->contents, list, "platform", "id", err) != 0)
		return -1;
	json_array_foreach(list, i, story) note_media(w, story);
	return 0;
}

int
world_put_accounts(struct world *w, json_t *list, struct err *err)
{
	return put_into(w->accounts, list, "platform", "name", err);
}

int
world_put_gists(struct world *w, json_t *list, struct err *err)
{
	return put_into(w->gists, list, "user", "id", err);
}

int
world_put_service(
    struct world *w, const char *name, json_t *script, struct err *err)
{
	for (size_t i = 0; i < WORLD_SERVICES; i++) {
		struct world_desk *desk = &w->desks[i];
		const json_t *first = json_object_get(script, "first");

		if (strcmp(names[i], name) != 0)
			continue;
		json_decref(desk->script);
		desk->script = json_incref(script);
		desk->first = first != NULL ? json_integer_value(first) : -1;
		return 0;
	}
	return err_set(err, "no service \"%s\"", name);
}

/* -- what is asked ----------------------------------------------------------
 */

static json_t *
find(const json_t *table, const char *a, const char *b)
{
	char *key = xasprintf("%s/%s", a, b);
	json_t *entry = json_object_get(table, key);

	free(key);
	return entry;
}

json_t *
world_content(const struct world *w, const char *platform, const char *id)
{
	return find(w->contents, platform, id);
}

json_t *
world_account(const struct world *w, const char *platform, const char *name)
{
	return find(w->accounts, platform, name);
}

json_t *
world_media(const struct world *w, const char *url, bool *is_direct)
{
	const char *key = json_string_value(json_object_get(w->media, url));
	json_t *story = key != NULL ? json_object_get(w->contents, key) : NULL;

	*is_direct = strcmp(story_text(story, "direct_url"), url) == 0;
	return story;
}

json_t *
world_same(const struct world *w, const json_t *story)
{
	const char *id = story_text(story, "same_as");

	return *id != '\0' ? world_content(w, story_text(story, "platform"), id)
			   : NULL;
}

static bool
holds_now(const struct world *w, const json_t *script)
{
	const json_t *hours = json_object_get(script, "hours");

	if (!json_is_array(hours))
		return true;
	return w->hour >= json_number_value(json_array_get(hours, 0)) &&
	       w->hour < json_number_value(json_array_get(hours, 1));
}

const json_t *
world_mode(struct world *w, enum world_service service)
{
	struct world_desk *desk = &w->desks[service];

	desk->requests++;
	if (desk->script == NULL || desk->first == 0 ||
	    !holds_now(w, desk->script))
		return NULL;
	if (desk->first > 0)
		desk->first--;
	return desk->script;
}
