/* An S3 server from npm. */
#include "tests/lib/s3_server.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

struct s3_server {
	struct sandbox *box;
	struct proc *proc;
	char *url;
};

enum { INSTALL_MS = 300000 };

bool
s3_server_can_run(void)
{
	const char *const argv[] = {"tests/interop/install", NULL};
	const struct proc_options o = {.name = "install", .argv = argv};
	struct proc_output out;
	bool can;

	proc_run(&o, INSTALL_MS, &out);
	can = out.status == 0;
	if (!can)
		fprintf(stderr, "no S3 server: %s\n", out.out);
	proc_output_clear(&out);
	return can;
}

struct s3_server *
s3_server_start(struct sandbox *box)
{
	struct s3_server *s = xcalloc(1, sizeof(*s));
	char *dir = sandbox_path(box, "s3"), port[16];
	const char *const argv[] = {
	    "node", "tests/interop/s3server.mjs", dir, NULL};
	const char *line = NULL;

	s->box = box;
	paths_mkdir(dir);
	s->proc = sandbox_start(box, "s3", argv, NULL);
	free(dir);
	if (s->proc != NULL)
		line = proc_wait_event(s->proc, "s3.listening", NULL, 0);
	if (line != NULL && proc_value(line, "port", port, sizeof(port)) == 0) {
		s->url = xasprintf("http://127.0.0.1:%s", port);
		return s;
	}
	s3_server_free(s);
	return NULL;
}

void
s3_server_free(struct s3_server *s)
{
	if (s == NULL)
		return;
	if (s->proc != NULL)
		sandbox_drop(s->box, s->proc);
	free(s->url);
	free(s);
}

const char *
s3_server_url(const struct s3_server *s)
{
	return s->url;
}

static void
tell(struct s3_server *s, const char *json)
{
	char *url = xasprintf("%s/-/fault", s->url);
	struct fetch_answer answer;

	if (fetch_post_json(url, json, &answer) != 0)
		fprintf(stderr, "s3: %s\n", answer.why);
	fetch_clear(&answer);
	free(url);
}

void
s3_server_fail(struct s3_server *s, const char *match, int times, int status,
    const char *code)
{
	char *json = xasprintf("{\"match\":\"%s\",\"times\":%d,\"status\":%d,"
			       "\"code\":\"%s\"}",
	    match, times, status, code);

	tell(s, json);
	free(json);
}

void
s3_server_cut(struct s3_server *s, const char *match, int times, long bytes)
{
	char *json = xasprintf(
	    "{\"match\":\"%s\",\"times\":%d,\"cut\":%ld}", match, times, bytes);

	tell(s, json);
	free(json);
}

void
s3_server_heal(struct s3_server *s)
{
	tell(s, "[]");
}

int
s3_server_count(struct s3_server *s, const char *match)
{
	char *escaped = curl_easy_escape(NULL, match, 0);
	char *url = xasprintf("%s/-/count?match=%s", s->url, escaped);
	struct fetch_answer answer;
	json_t *body = NULL, *n;
	int count = -1;

	if (fetch_get(url, &answer) == 0)
		body = fetch_json(&answer);
	n = json_object_get(body, "n");
	if (json_is_integer(n))
		count = (int)json_integer_value(n);
	json_decref(body);
	fetch_clear(&answer);
	curl_free(escaped);
	free(url);
	return count;
}
