/* A classic axon for tests. */
#include "tests/lib/axon.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"
#include "subtensor/synapse.h"
#include "tests/lib/proc.h"

enum {
	PATIENCE_S = 10,
	TAKE_MS = 30000,
	MAX_REQUEST = 32 << 20,
	MAX_HELD = 64,
	MAX_NONCES = 256,
	WINDOW_NS_S = 4, /* seconds an axon gives a first nonce */
};

struct taken {
	struct axon_synapse synapse; /* first: what the test is handed */
	STAILQ_ENTRY(taken) link;
};

struct nonce {
	char who[128]; /* hotkey:uuid */
	unsigned long long last;
};

struct axon {
	int fd, port;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	STAILQ_HEAD(, taken) taken;
	char hotkey[64];
	json_t *hash_fields;
	char *answer; /* NULL: hold */
	int held[MAX_HELD], n_held;
	struct nonce nonces[MAX_NONCES];
	int n_nonces;
};

char *
axon_header(const char *head, const char *name)
{
	const char *end = strstr(head, "\r\n\r\n");
	size_t len = strlen(name);

	for (const char *p = strstr(head, "\r\n"); p != NULL && p < end;
	     p = strstr(p, "\r\n")) {
		p += 2;
		if (strncasecmp(p, name, len) == 0 && p[len] == ':')
			return xstrndup(
			    p + len + 2, strcspn(p + len + 2, "\r"));
	}
	return NULL;
}

/* -- what an axon checks --------------------------------------------------- */

/* The last nonce of who sends, and what is to be told if this is no newer. */
static const char *
check_nonce(
    struct axon *a, const char *who, unsigned long long nonce, double timeout_s)
{
	unsigned long long now = (unsigned long long)clock_wall_us() * 1000;
	int i = 0;

	while (i < a->n_nonces && strcmp(a->nonces[i].who, who) != 0)
		i++;
	if (i == a->n_nonces) {
		if (nonce + (WINDOW_NS_S + timeout_s) * 1e9 <= now)
			return "nonce is too old";
		if (a->n_nonces == MAX_NONCES)
			return "too many uuids";
		snprintf(a->nonces[a->n_nonces++].who, sizeof(a->nonces[0].who),
		    "%s", who);
	} else if (nonce <= a->nonces[i].last) {
		return "nonce is too small";
	}
	a->nonces[i].last = nonce;
	return NULL;
}

static bool
is_signed(const char *by, const char *message, const char *signature)
{
	uint8_t public[32], sig[64];

	return ss58_decode_account(by, public) == 0 &&
	       hex_decode_exact(signature, sig, sizeof(sig)) == 0 &&
	       sr25519_verify(
		   public, (const uint8_t *)message, strlen(message), sig);
}

struct heads {
	char *by, *axon, *uuid, *nonce, *hash, *signature, *timeout, *version;
};

static const char *
check_heads(struct axon *a, const struct heads *h, const json_t *fields)
{
	char hash[SYNAPSE_HASH_TEXT];
	char *message, *who;
	const char *why;
	bool good;

	if (h->by == NULL || h->axon == NULL || h->uuid == NULL ||
	    h->nonce == NULL || h->hash == NULL || h->signature == NULL ||
	    h->timeout == NULL || h->version == NULL)
		return "a header is missing";
	if (strcmp(h->axon, a->hotkey) != 0)
		return "it is for another axon";
	if (synapse_body_hash(fields, a->hash_fields, hash) != 0 ||
	    strcmp(hash, h->hash) != 0)
		return "the body has another hash";
	message = xasprintf(
	    "%s.%s.%s.%s.%s", h->nonce, h->by, h->axon, h->uuid, h->hash);
	good = is_signed(h->by, message, h->signature);
	free(message);
	if (!good)
		return "the signature is wrong";
	who = xasprintf("%s:%s", h->by, h->uuid);
	why =
	    check_nonce(a, who, strtoull(h->nonce, NULL, 10), atof(h->timeout));
	free(who);
	return why;
}

static void
check(struct axon *a, struct axon_synapse *s)
{
	struct heads h = {
	    axon_header(s->text, "bt_header_dendrite_hotkey"),
	    axon_header(s->text, "bt_header_axon_hotkey"),
	    axon_header(s->text, "bt_header_dendrite_uuid"),
	    axon_header(s->text, "bt_header_dendrite_nonce"),
	    axon_header(s->text, "computed_body_hash"),
	    axon_header(s->text, "bt_header_dendrite_signature"),
	    axon_header(s->text, "timeout"),
	    axon_header(s->text, "bt_header_dendrite_version"),
	};
	const char *why = check_heads(a, &h, s->fields);

	snprintf(s->why, sizeof(s->why), "%s", why != NULL ? why : "");
	snprintf(s->uuid, sizeof(s->uuid), "%s", h.uuid != NULL ? h.uuid : "");
	snprintf(
	    s->nonce, sizeof(s->nonce), "%s", h.nonce != NULL ? h.nonce : "");
	free(h.by);
	free(h.axon);
	free(h.uuid);
	free(h.nonce);
	free(h.hash);
	free(h.signature);
	free(h.timeout);
	free(h.version);
}

/* -- the thread's side ----------------------------------------------------- */

static bool
is_whole(const char *request, size_t len)
{
	const char *end = strstr(request, "\r\n\r\n");
	char *length =
	    end != NULL ? axon_header(request, "Content-Length") : NULL;
	size_t bytes = length != NULL ? strtoul(length, NULL, 10) : 0;

	free(length);
	return end != NULL && len >= (size_t)(end + 4 - request) + bytes;
}

static char *
read_request(int fd)
{
	struct buf got = {0};
	char piece[65536];
	ssize_t n;

	while (got.len < MAX_REQUEST &&
	       (n = recv(fd, piece, sizeof(piece), 0)) > 0) {
		buf_add(&got, piece, n);
		if (is_whole(buf_str(&got), got.len))
			return buf_take_str(&got);
	}
	buf_free(&got);
	return NULL;
}

/* The other side may have gone, or not want to read it all. */
static void
reply(int fd, const char *bytes)
{
	size_t len = strlen(bytes);
	ssize_t n;

	while (len > 0 && (n = send(fd, bytes, len, MSG_NOSIGNAL)) > 0) {
		bytes += n;
		len -= n;
	}
}

static char *
answer_of(int status, const char *axon_status, const char *body)
{
	return xasprintf("HTTP/1.1 %d Said\r\nContent-Type: application/json"
			 "\r\n%s%s%sbt_header_axon_process_time: 0.1\r\n"
			 "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
	    status, axon_status != NULL ? "bt_header_axon_status_code: " : "",
	    axon_status != NULL ? axon_status : "",
	    axon_status != NULL ? "\r\n" : "", strlen(body), body);
}

/* Kept before it is answered: what is answered can be taken. Whether the
 * connection is over. */
static bool
serve_one(struct axon *a, int fd)
{
	struct timeval patience = {PATIENCE_S, 0};
	struct taken *t;
	char *text, *answer = NULL;
	bool is_over = true;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	text = read_request(fd);
	if (text == NULL)
		return true;
	if (strncmp(text, "POST ", 5) != 0) {
		answer = answer_of(404, "404", "{\"message\":\"not found\"}");
		reply(fd, answer);
		free(answer);
		free(text);
		return true;
	}
	t = xcalloc(1, sizeof(*t));
	t->synapse.text = text;
	t->synapse.fields = json_loads(
	    strstr(text, "\r\n\r\n") + 4, JSON_REJECT_DUPLICATES, NULL);
	pthread_mutex_lock(&a->lock);
	check(a, &t->synapse);
	STAILQ_INSERT_TAIL(&a->taken, t, link);
	if (a->answer != NULL) {
		answer = xstrdup(a->answer);
	} else if (a->n_held < MAX_HELD) {
		a->held[a->n_held++] = fd;
		is_over = false;
	}
	pthread_mutex_unlock(&a->lock);
	if (answer != NULL)
		reply(fd, answer);
	free(answer);
	return is_over;
}

static void *
serve(void *arg)
{
	struct axon *a = arg;
	int fd;

	while ((fd = accept(a->fd, NULL, NULL)) >= 0) {
		if (serve_one(a, fd))
			close(fd);
	}
	return NULL;
}

/* -- the test's side ------------------------------------------------------- */

static int
listen_on_loopback(struct axon *a)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (a->fd < 0 || bind(a->fd, (struct sockaddr *)&at, len) != 0 ||
	    listen(a->fd, SOMAXCONN) != 0 ||
	    getsockname(a->fd, (struct sockaddr *)&at, &len) != 0)
		return -1;
	a->port = ntohs(at.sin_port);
	return 0;
}

struct axon *
axon_new(void)
{
	struct axon *a = xcalloc(1, sizeof(*a));

	STAILQ_INIT(&a->taken);
	pthread_mutex_init(&a->lock, NULL);
	a->answer = answer_of(500, "500", "{}");
	if (listen_on_loopback(a) == 0 &&
	    pthread_create(&a->thread, NULL, serve, a) == 0)
		return a;
	perror("axon");
	if (a->fd >= 0)
		close(a->fd);
	free(a->answer);
	free(a);
	return NULL;
}

int
axon_port(const struct axon *a)
{
	return a->port;
}

void
axon_is(struct axon *a, const char *hotkey, const char *const *hash_fields)
{
	pthread_mutex_lock(&a->lock);
	snprintf(a->hotkey, sizeof(a->hotkey), "%s", hotkey);
	json_decref(a->hash_fields);
	a->hash_fields = json_array();
	for (; hash_fields != NULL && *hash_fields != NULL; hash_fields++)
		json_array_append_new(
		    a->hash_fields, json_string(*hash_fields));
	pthread_mutex_unlock(&a->lock);
}

static void
set_answer(struct axon *a, char *answer)
{
	pthread_mutex_lock(&a->lock);
	free(a->answer);
	a->answer = answer;
	pthread_mutex_unlock(&a->lock);
}

void
axon_say(struct axon *a, int status, const char *axon_status, const char *body)
{
	set_answer(a, answer_of(status, axon_status, body));
}

void
axon_say_raw(struct axon *a, const char *bytes)
{
	set_answer(a, xstrdup(bytes));
}

void
axon_hold(struct axon *a)
{
	set_answer(a, NULL);
}

void
axon_let_go(struct axon *a, const char *body)
{
	char *answer = answer_of(200, "200", body);

	pthread_mutex_lock(&a->lock);
	while (a->n_held > 0) {
		int fd = a->held[--a->n_held];

		reply(fd, answer);
		close(fd);
	}
	pthread_mutex_unlock(&a->lock);
	free(answer);
}

static struct taken *
take_one(struct axon *a)
{
	struct taken *t;

	pthread_mutex_lock(&a->lock);
	t = STAILQ_FIRST(&a->taken);
	if (t != NULL)
		STAILQ_REMOVE_HEAD(&a->taken, link);
	pthread_mutex_unlock(&a->lock);
	return t;
}

struct axon_synapse *
axon_take(struct axon *a)
{
	int64_t until_us = clock_mono_us() + TAKE_MS * 1000LL;
	struct taken *t;

	while ((t = take_one(a)) == NULL && clock_mono_us() < until_us)
		proc_nap();
	if (t != NULL)
		return &t->synapse;
	fprintf(stderr, "axon: no synapse in %d ms\n", TAKE_MS);
	return NULL;
}

void
axon_drop(struct axon_synapse *s)
{
	if (s == NULL)
		return;
	free(s->text);
	json_decref(s->fields);
	free((struct taken *)s);
}

void
axon_free(struct axon *a)
{
	struct taken *t;

	if (a == NULL)
		return;
	shutdown(a->fd, SHUT_RDWR); /* accept returns */
	pthread_join(a->thread, NULL);
	axon_let_go(a, "{}");
	close(a->fd);
	while ((t = take_one(a)) != NULL)
		axon_drop(&t->synapse);
	pthread_mutex_destroy(&a->lock);
	json_decref(a->hash_fields);
	free(a->answer);
	free(a);
}
