/* Numbers of posts, by their kind and by what is told of each. */
#include "tests/fake/watch/story.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a kind of story says where the story itself says nothing. */
static const struct {
	const char *name, *values;
} kinds[] = {
    {"honest", "{}"},
    {"viral", "{\"rate\": 0, \"peak\": 200000, \"rise\": 24}"},
    {"bought", "{\"rate\": 3, \"bought\": [24, 2, 50000], \"purged\": 72}"},
    {"likes", "{\"rate\": 1, \"bought_likes\": [12, 2, 3000]}"},
    {"deleted", "{\"deleted\": 48}"},
    {"hidden", "{\"hidden\": -1}"},
    {"withheld", "{\"withheld\": true}"},
    {"reupload", "{\"distance\": 2}"},
    {"outage", "{\"outage\": [24, 30]}"},
    {"human", "{\"ai\": 0.05}"},
    {"illicit", "{\"illicit\": true}"},
    {"undecodable", "{\"undecodable\": true}"},
    {"old", "{\"rate\": 0, \"start\": 1000000, \"published\": -5000}"},
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static uint64_t
hash_of(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccd;
	return h ^ h >> 33;
}

static const char *
kind_of(const json_t *story)
{
	const char *kind = json_string_value(json_object_get(story, "story"));

	return kind != NULL ? kind : "honest";
}

bool
story_is_known(const char *kind)
{
	for (size_t i = 0; i < N_KINDS; i++) {
		if (strcmp(kinds[i].name, kind) == 0)
			return true;
	}
	return false;
}

json_t *
story_value(const json_t *story, const char *name)
{
	static json_t *read[N_KINDS];
	json_t *own = json_object_get(story, name);
	const char *kind = kind_of(story);

	if (own != NULL)
		return own;
	for (size_t i = 0; i < N_KINDS; i++) {
		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		if (read[i] == NULL)
			read[i] = json_loads(kinds[i].values, 0, NULL);
		return json_object_get(read[i], name);
	}
	return NULL;
}

double
story_number(const json_t *story, const char *name, double otherwise)
{
	json_t *value = story_value(story, name);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

const char *
story_text(const json_t *story, const char *name)
{
	const char *text = json_string_value(story_value(story, name));

	return text != NULL ? text : "";
}

bool
story_flag(const json_t *story, const char *name)
{
	return json_is_true(story_value(story, name));
}

static double
item(const json_t *list, size_t i)
{
	return json_number_value(json_array_get(list, i));
}

/* [at, hours, n]: how many of them have come by an hour. */
static double
bought_by(const json_t *bought, double hour)
{
	double share = (hour - item(bought, 0)) / item(bought, 1);

	if (bought == NULL || hour <= item(bought, 0))
		return 0;
	return item(bought, 2) * (share < 1 ? share : 1);
}

/* What comes by itself, so many hours after it was published. */
static double
grown(const json_t *story, double hours)
{
	double rate = story_number(story, "rate", 60);
	double fade = story_number(story, "fade", 200);
	double peak = story_number(story, "peak", 0);
	double rise = story_number(story, "rise", 24);
	double phase = hash_of(story_text(story, "id")) % 24;
	double views = story_number(story, "start", 0), t;

	if (hours <= 0)
		return views;
	t = hours + sin((hours + phase) * M_PI / 12) - sin(phase * M_PI / 12);
	if (t < 0)
		t = 0;
	views += rate * fade * (1 - exp(-t / fade));
	return views + peak / (1 + exp(-(hours - rise) / (rise / 6)));
}

static void
along_points(const json_t *points, double hour, struct moment *m)
{
	size_t n = json_array_size(points), i = 0;
	const json_t *from, *to;
	double share;

	while (i + 1 < n && item(json_array_get(points, i + 1), 0) <= hour)
		i++;
	from = json_array_get(points, i);
	to = json_array_get(points, i + 1 < n ? i + 1 : i);
	share = from == to || hour < item(from, 0)
		    ? 0
		    : (hour - item(from, 0)) / (item(to, 0) - item(from, 0));
	m->views = item(from, 1) + share * (item(to, 1) - item(from, 1));
	m->likes = item(from, 2) + share * (item(to, 2) - item(from, 2));
	m->comments = item(from, 3) + share * (item(to, 3) - item(from, 3));
}

static bool
is_within(const json_t *hours, double hour)
{
	return json_is_array(hours) && hour >= item(hours, 0) &&
	       hour < item(hours, 1);
}

void
story_at(const json_t *story, double hour, struct moment *m)
{
	double age = hour - story_number(story, "published", 0);
	double deleted = story_number(story, "deleted", INFINITY);
	json_t *points = story_value(story, "points");
	double own = grown(story, age);
	double bought = bought_by(story_value(story, "bought"), age);

	if (age >= story_number(story, "purged", INFINITY))
		bought *= story_number(story, "kept", .1);
	m->views = own + bought;
	m->likes = own * story_number(story, "likes", .05) +
		   bought_by(story_value(story, "bought_likes"), age);
	m->comments = own * story_number(story, "comments", .005);
	if (json_array_size(points) > 0)
		along_points(points, hour, m);
	m->is_gone =
	    age >= deleted && age < story_number(story, "back", INFINITY);
	m->is_failing = is_within(story_value(story, "outage"), hour);
}

double
story_followers(const json_t *account, double hour)
{
	return story_number(account, "followers", 5000) +
	       story_number(account, "growth", 1) * hour +
	       bought_by(json_object_get(account, "bought"), hour);
}

uint64_t
story_hash(const json_t *story, const json_t *of)
{
	const char *told = story_text(story, "hash");
	int distance = (int)story_number(story, "distance", 0);
	uint64_t hash;

	if (*told != '\0')
		return strtoull(told, NULL, 16);
	if (of == NULL)
		return hash_of(story_text(story, "id"));
	hash = story_hash(of, NULL);
	for (int i = 0; i < distance && i < 64; i++)
		hash ^= (uint64_t)1 << (i * 7 % 64);
	return hash;
}
