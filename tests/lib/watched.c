/* The scripted services as a program of the test's. */
#include "tests/lib/watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"

struct watched {
	struct proc *proc;
	char *url;
};

static void
give_up(const char *what, const char *why)
{
	fprintf(stderr, "watched: %s: %s\n", what, why);
	abort();
}

struct watched *
watched_new(const char *dir)
{
	struct watched *w = xcalloc(1, sizeof(*w));
	char *program = paths_program("tests/watch");
	char *log = xasprintf("%s/watch.log", dir), port[16];
	const char *const argv[] = {program, "127.0.0.1:0", NULL};
	const struct proc_options options = {
	    .name = "watch", .log = log, .argv = argv};
	const char *line;

	w->proc = proc_start(&options);
	if (w->proc == NULL)
		give_up(program, "does not start");
	line = proc_wait_event(w->proc, "watch.listening", NULL, 0);
	if (line == NULL || proc_value(line, "port", port, sizeof(port)) != 0)
		give_up(program, "does not listen");
	w->url = xasprintf("http://127.0.0.1:%s", port);
	free(log);
	free(program);
	return w;
}

void
watched_free(struct watched *w)
{
	if (w == NULL)
		return;
	proc_stop(w->proc);
	proc_free(w->proc);
	free(w->url);
	free(w);
}

const char *
watched_url(const struct watched *w)
{
	return w->url;
}

void
watched_put(struct watched *w, const char *path, const char *json)
{
	static const char *const headers[] = {
	    "Content-Type: application/json", NULL};
	char *url = xasprintf("%s%s", w->url, path);
	const struct fetch_ask ask = {.method = "PUT",
	    .url = url,
	    .headers = headers,
	    .body = json,
	    .len = strlen(json)};
	struct fetch_answer answer;

	if (fetch(&ask, &answer) != 0)
		give_up(path, answer.why);
	if (answer.status != 200)
		give_up(path, answer.body);
	fetch_clear(&answer);
	free(url);
}

void
watched_put_json(struct watched *w, const char *path, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

	watched_put(w, path, text);
	free(text);
	json_decref(json);
}

void
watched_hour(struct watched *w, double hour)
{
	watched_put_json(w, "/hour", json_pack("{s:f}", "hour", hour));
}

void
watched_gist(
    struct watched *w, const char *user, const char *id, const char *text)
{
	watched_put_json(w, "/gists",
	    json_pack(
		"[{s:s, s:s, s:s?}]", "user", user, "id", id, "text", text));
}

json_t *
watched_asked(struct watched *w)
{
	char *url = xasprintf("%s/asked", w->url);
	struct fetch_answer answer;
	json_t *json;

	if (fetch_get(url, &answer) != 0)
		give_up("/asked", answer.why);
	json = fetch_json(&answer);
	fetch_clear(&answer);
	free(url);
	return json;
}

long
watched_count(struct watched *w, const char *service, const char *what)
{
	json_t *asked = watched_asked(w);
	const json_t *of = json_object_get(asked, service);
	long n = (long)json_integer_value(json_object_get(of, what));

	json_decref(asked);
	return n;
}
