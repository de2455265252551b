/* What handlers ask of a request, and the end of it. */
#include "common/http_server_impl.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/xalloc.h"

struct http_req *
http_req_new(struct http_conn *c)
{
	struct http_req *req = xcalloc(1, sizeof(*req));

	req->server = c->server;
	req->conn = c;
	req->received_us = c->first_byte_us;
	memcpy(req->peer, c->peer, sizeof(req->peer));
	LIST_INSERT_HEAD(&c->server->reqs, req, link);
	return req;
}

void
http_req_free(struct http_req *req)
{
	struct http_server *s = req->server;

	LIST_REMOVE(req, link);
	if (req->late_end != NULL)
		event_free(req->late_end);
	if (req->free_user != NULL)
		req->free_user(req->user);
	free(req->head);
	free(req->segments);
	free(req->headers);
	free(req->pairs);
	buf_free(&req->body);
	buf_free(&req->extra);
	free(req);
	http_server_check(s);
}

void
http_req_release(struct http_req *req)
{
	if (req->busy == 0)
		http_req_free(req);
}

const char *
http_req_method(const struct http_req *req)
{
	return req->method;
}

const char *
http_req_path(const struct http_req *req)
{
	return req->path;
}

const char *
http_req_id(const struct http_req *req)
{
	return req->id;
}

const char *
http_req_peer(const struct http_req *req)
{
	return req->peer;
}

uint64_t
http_req_received_us(const struct http_req *req)
{
	return req->received_us;
}

/* Parameters are strings in a copy of the path cut at its slashes. */
static void
cut_segments(struct http_req *req)
{
	req->segments = xstrdup(req->path);
	for (char *p = req->segments; *p != '\0'; p++)
		if (*p == '/')
			*p = '\0';
}

const char *
http_req_param(const struct http_req *const_req, const char *name)
{
	struct http_req *req = (struct http_req *)const_req;
	size_t len = strlen(name);

	for (size_t i = 0; i < req->n_params; i++) {
		const struct http_param *param = &req->params[i];

		if (param->name_len != len ||
		    memcmp(param->name, name, len) != 0)
			continue;
		if (req->segments == NULL)
			cut_segments(req);
		return req->segments + param->at;
	}
	return NULL;
}

const char *
http_req_query(const struct http_req *const_req, const char *name)
{
	struct http_req *req = (struct http_req *)const_req;

	if (req->query != NULL && req->pairs == NULL)
		req->pairs = http_path_query(req->query, &req->n_pairs);
	for (size_t i = 0; i < req->n_pairs; i++)
		if (strcmp(req->pairs[i].name, name) == 0)
			return req->pairs[i].value;
	return NULL;
}

const char *
http_req_header(const struct http_req *req, const char *name)
{
	for (size_t i = 0; i < req->n_headers; i++)
		if (strcasecmp(req->headers[i].name, name) == 0)
			return req->headers[i].value;
	return NULL;
}

const void *
http_req_body(const struct http_req *req, size_t *len)
{
	*len = req->body.len;
	return buf_str((struct buf *)&req->body);
}

void
http_req_end(struct http_req *req, bool ok)
{
	if (!req->read_called || req->ended)
		return;
	req->ended = true;
	req->busy++;
	req->on_end(req, ok, req->read_arg);
	req->busy--;
	if (req->answered)
		http_req_release(req);
}

void
http_req_lost(struct http_req *req)
{
	struct http_server *s = req->server;

	if (!req->started) {
		http_req_free(req);
		return;
	}
	req->busy++;
	http_req_end(req, false);
	if (req->on_gone != NULL && !req->answered && !s->dead)
		req->on_gone(req, req->gone_arg);
	req->busy--;
	if (req->answered)
		http_req_release(req);
}

void
http_req_admit(struct http_req *req)
{
	assert(req->gated && !req->answered);
	req->gated = false;
	if (req->conn != NULL) {
		/* Inside the gate its caller goes on by itself. */
		if (req->busy == 0)
			http_conn_kick(req->conn);
		return;
	}
	/* Nobody has seen it but the gate, and nobody waits for it. */
	req->answered = true;
	http_req_release(req);
}

unsigned
http_req_roles(const struct http_req *req)
{
	return req->route->roles;
}

void
http_req_set_user(struct http_req *req, void *user, void (*free_user)(void *))
{
	if (req->free_user != NULL)
		req->free_user(req->user);
	req->user = user;
	req->free_user = free_user;
}

void *
http_req_user(const struct http_req *req)
{
	return req->user;
}

static void
on_late_end(evutil_socket_t fd, short what, void *arg)
{
	struct http_req *req = arg;
	struct http_server *s = req->server;

	(void)fd;
	(void)what;
	http_server_enter(s);
	http_req_end(req, false);
	http_server_leave(s);
}

void
http_req_read(struct http_req *req,
    void (*on_data)(struct http_req *, const void *, size_t, void *),
    void (*on_end)(struct http_req *, bool, void *), void *arg)
{
	assert(req->route->streams && !req->read_called);
	req->on_data = on_data;
	req->on_end = on_end;
	req->read_arg = arg;
	req->read_called = true;
	if (req->conn != NULL) {
		http_reply_continue(req);
		http_conn_kick(req->conn);
		return;
	}
	req->late_end = evtimer_new(req->server->base, on_late_end, req);
	event_active(req->late_end, EV_TIMEOUT, 1);
}

void
http_req_pause(struct http_req *req)
{
	req->paused = true;
}

void
http_req_resume(struct http_req *req)
{
	req->paused = false;
	if (req->conn != NULL)
		http_conn_kick(req->conn);
}

void
http_req_on_gone(
    struct http_req *req, void (*on_gone)(struct http_req *, void *), void *arg)
{
	req->on_gone = on_gone;
	req->gone_arg = arg;
}
