/* A list: a subnet has a few hundred hotkeys. */
#include "validator/purses.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/xalloc.h"
#include "validator/watch.h"

struct purse {
	LIST_ENTRY(purse) link;
	char *hotkey;
	struct watch_budget budget;
	struct watch_budget noted; /* as it was when last written down */
};

struct purses {
	struct watch_budget most;
	LIST_HEAD(purse_list, purse) list;
};

struct purses *
purses_new(const struct watch_budget *most)
{
	struct purses *p = xcalloc(1, sizeof(*p));

	p->most = *most;
	LIST_INIT(&p->list);
	return p;
}

void
purses_clear(struct purses *p)
{
	struct purse *purse;

	while ((purse = LIST_FIRST(&p->list)) != NULL) {
		LIST_REMOVE(purse, link);
		free(purse->hotkey);
		free(purse);
	}
}

void
purses_free(struct purses *p)
{
	if (p == NULL)
		return;
	purses_clear(p);
	free(p);
}

static struct purse *
find(struct purses *p, const char *hotkey)
{
	struct purse *purse;

	LIST_FOREACH(purse, &p->list, link)
	{
		if (strcmp(purse->hotkey, hotkey) == 0)
			return purse;
	}
	return NULL;
}

static struct purse *
add(struct purses *p, const char *hotkey)
{
	struct purse *purse = xcalloc(1, sizeof(*purse));

	purse->hotkey = xstrdup(hotkey);
	purse->budget = p->most;
	LIST_INSERT_HEAD(&p->list, purse, link);
	return purse;
}

static void
use(struct purse *purse, int service, int64_t used)
{
	int64_t *left = &purse->budget.left[service];

	*left = *left > used ? *left - used : 0;
	purse->noted.left[service] = *left;
}

struct watch_budget *
purses_open(struct purses *p, const char *hotkey, const int64_t used[3])
{
	struct purse *purse = find(p, hotkey);

	if (purse != NULL)
		return &purse->budget;
	purse = add(p, hotkey);
	for (int s = 0; s < 3; s++)
		use(purse, s, used[s]);
	return &purse->budget;
}

struct watch_budget *
purses_open_one(struct purses *p, const char *hotkey, int service, int64_t used)
{
	struct purse *purse = find(p, hotkey);

	if (purse != NULL)
		return &purse->budget;
	purse = add(p, hotkey);
	use(purse, service, used);
	return &purse->budget;
}

void
purses_print(struct purses *p, struct json_t *spent)
{
	struct purse *purse;

	LIST_FOREACH(purse, &p->list, link)
	{
		for (int s = 0; s < WATCH_SERVICES; s++) {
			int64_t used =
			    purse->noted.left[s] - purse->budget.left[s];

			if (used <= 0)
				continue;
			json_array_append_new(spent,
			    json_pack("{s:s, s:s, s:I}", "hotkey",
				purse->hotkey, "service", watch_service_name(s),
				"used", (json_int_t)used));
			purse->noted.left[s] = purse->budget.left[s];
		}
	}
}
