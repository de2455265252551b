/*
 * A reference service that does what it is told: OpenAI's API as far as
 * validatord asks it, with a script instead of a model (README.md).
 */
#include <event2/event.h>
#include <jansson.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/multipart.h"
#include "common/xalloc.h"

enum { MAX_BODY = 32 << 20, EXIT_USAGE = 64, TEAPOT = 418 };

struct script {
	struct event_base *base;
	char mode[16];
	char *text;
	int status;
	int asked;
	json_t *last; /* what was asked last */
};

/* -- what was asked ------------------------------------------------------- */

struct form {
	json_t *fields;
	char name[64];
	bool is_file;
	struct buf data;
};

static int
on_part(const struct multipart_part *part, void *arg)
{
	struct form *f = arg;

	snprintf(f->name, sizeof(f->name), "%s", part->name);
	f->is_file = part->filename != NULL;
	if (f->is_file) {
		json_object_set_new(
		    f->fields, "filename", json_string(part->filename));
		json_object_set_new(
		    f->fields, "type", json_string(part->content_type));
	}
	buf_reset(&f->data);
	return 0;
}

static int
on_data(const void *data, size_t len, void *arg)
{
	struct form *f = arg;

	buf_add(&f->data, data, len);
	return 0;
}

static int
on_part_end(void *arg)
{
	struct form *f = arg;

	json_object_set_new(f->fields, f->name,
	    f->is_file ? json_integer((json_int_t)f->data.len)
		       : json_string(buf_str(&f->data)));
	return 0;
}

/* {"field": text, "file": its bytes, "filename", "type"}; NULL: no form. */
static json_t *
read_form(struct http_req *req)
{
	static const struct multipart_events events = {
	    on_part, on_data, on_part_end};
	const char *type = http_req_header(req, "Content-Type");
	struct form f = {.fields = json_object()};
	struct multipart *mp;
	struct err err;
	size_t len;
	const void *body = http_req_body(req, &len);
	bool is_good;

	mp = multipart_new(type != NULL ? type : "", &events, &f, &err);
	is_good = mp != NULL && multipart_feed(mp, body, len, &err) == 0 &&
		  multipart_finish(mp, &err) == 0 &&
		  json_is_integer(json_object_get(f.fields, "file")) &&
		  json_is_string(json_object_get(f.fields, "model"));
	multipart_free(mp);
	buf_free(&f.data);
	if (is_good)
		return f.fields;
	json_decref(f.fields);
	return NULL;
}

static json_t *
read_json(struct http_req *req)
{
	size_t len;
	const void *body = http_req_body(req, &len);
	json_t *json = json_loadb(body, len, 0, NULL);

	if (json_is_string(json_object_get(json, "model")) &&
	    json_array_size(json_object_get(json, "messages")) == 2)
		return json;
	json_decref(json);
	return NULL;
}

/* -- answers -------------------------------------------------------------- */

static void
reply(struct http_req *req, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	http_reply(req, status, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

static void
on_gone(struct http_req *req, void *arg)
{
	(void)arg;
	http_reply(req, 503, "text/plain", "", 0);
}

/* asked: NULL if it makes no sense; good: the right answer, taken over. */
static void
answer(struct script *s, struct http_req *req, json_t *asked, json_t *good)
{
	const char *key = http_req_header(req, "Authorization");

	s->asked++;
	json_decref(s->last);
	s->last = asked != NULL ? asked : json_null();
	if (asked != NULL)
		json_object_set_new(
		    asked, "key", json_string(key != NULL ? key : ""));
	log_info("reference.asked", "path=%s mode=%s sense=%s",
	    http_req_path(req), s->mode, asked != NULL ? "yes" : "no");
	if (asked == NULL) {
		http_reply(req, TEAPOT, "text/plain", "", 0);
	} else if (strcmp(s->mode, "slow") == 0) {
		http_req_on_gone(req, on_gone, NULL);
	} else if (strcmp(s->mode, "refuse") == 0) {
		http_reply(req, s->status, "text/plain", "no", 2);
	} else if (strcmp(s->mode, "garbage") == 0) {
		http_reply(req, 200, "application/json", "{\"text\": \"o", 11);
	} else {
		reply(req, 200, good);
		return;
	}
	json_decref(good);
}

static void
on_transcription(struct http_req *req, void *arg)
{
	struct script *s = arg;

	answer(s, req, read_form(req), json_pack("{s:s}", "text", s->text));
}

static void
on_completion(struct http_req *req, void *arg)
{
	struct script *s = arg;

	answer(s, req, read_json(req),
	    json_pack("{s:[{s:{s:s, s:s}}]}", "choices", "message", "role",
		"assistant", "content", s->text));
}

/* -- the script ----------------------------------------------------------- */

static void
on_put_script(struct http_req *req, void *arg)
{
	struct script *s = arg;
	size_t len;
	const void *body = http_req_body(req, &len);
	json_t *json = json_loadb(body, len, 0, NULL);
	const char *mode = json_string_value(json_object_get(json, "mode"));
	const char *text = json_string_value(json_object_get(json, "text"));

	if (mode == NULL) {
		json_decref(json);
		http_reply(req, 400, "text/plain", "", 0);
		return;
	}
	snprintf(s->mode, sizeof(s->mode), "%s", mode);
	free(s->text);
	s->text = xstrdup(text != NULL ? text : "");
	s->status = (int)json_integer_value(json_object_get(json, "status"));
	json_decref(json);
	reply(req, 200, json_object());
}

static void
on_get_script(struct http_req *req, void *arg)
{
	struct script *s = arg;

	reply(req, 200,
	    json_pack("{s:i, s:O}", "asked", s->asked, "last", s->last));
}

static const struct http_route routes[] = {
    {"POST", "/v1/audio/transcriptions", MAX_BODY, false, on_transcription, 0},
    {"POST", "/v1/chat/completions", MAX_BODY, false, on_completion, 0},
    {"PUT", "/script", MAX_BODY, false, on_put_script, 0},
    {"GET", "/script", 0, false, on_get_script, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* -- the program ---------------------------------------------------------- */

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	struct script *s = arg;

	(void)fd;
	(void)what;
	event_base_loopbreak(s->base);
}

static int
serve(struct script *s, const char *address, struct err *err)
{
	struct http_server *server;
	struct event *term;
	int failed;

	s->base = event_base_new();
	server = http_server_new(s->base, routes, &http_default_limits, s);
	failed = http_server_listen(server, address, err);
	if (!failed) {
		log_info(
		    "reference.listening", "port=%d", http_server_port(server));
		term = evsignal_new(s->base, SIGTERM, on_term, s);
		event_add(term, NULL);
		event_base_dispatch(s->base);
		event_free(term);
	}
	http_server_free(server);
	event_base_free(s->base);
	return failed;
}

int
main(int argc, char **argv)
{
	struct script s = {.mode = "right", .last = json_null()};
	struct err err = {""};
	int failed;

	log_init("reference", LOG_INFO);
	if (argc != 2 || sodium_init() < 0)
		return EXIT_USAGE;
	s.text = xstrdup("");
	failed = serve(&s, argv[1], &err);
	if (failed)
		log_fatal("reference.listen", "why=\"%s\"", err.text);
	json_decref(s.last);
	free(s.text);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
