/*
 * Names to addresses for the HTTP client.
 *
 * evdns asks once for all calls that wait for the same name, and the answer
 * is kept for a short while, or until a call to it brings none: its server may
 * have moved. A lookup is never cancelled, as evdns calls back even then: calls
 * that no longer care take themselves off the list.
 */
#include "common/http_client_impl.h"

#include <arpa/inet.h>
#include <event2/dns.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/xalloc.h"

enum {
	KEEP_S = 30,
	MAX_NAMES = 1024,
	MAX_ADDRESSES = 8,
};

struct http_name {
	struct http_names *names; /* NULL: they are gone */
	char *host;
	bool pending;
	char *addresses; /* NULL: not known */
	bool is_public;	 /* all of them */
	int64_t expires_us;
	struct http_waiters waiters;
};

struct http_names {
	struct evdns_base *dns;
	void *tree; /* of tsearch() */
	size_t count;
};

static int
compare(const void *a, const void *b)
{
	const struct http_name *x = a, *y = b;

	return strcmp(x->host, y->host);
}

struct http_names *
http_names_new(struct event_base *base, const char *nameserver)
{
	struct http_names *names = xcalloc(1, sizeof(*names));

	if (nameserver == NULL)
		names->dns =
		    evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS |
					     EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (names->dns != NULL)
		return names;
	/* Without a usable resolv.conf only literals and hosts resolve. */
	names->dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	evdns_base_load_hosts(names->dns, "/etc/hosts");
	if (nameserver != NULL)
		evdns_base_nameserver_ip_add(names->dns, nameserver);
	return names;
}

static void
name_free(struct http_name *name)
{
	free(name->host);
	free(name->addresses);
	free(name);
}

/* Take a name off the tree; one that is asked for frees itself later. */
static void
drop(struct http_names *names, struct http_name *name)
{
	tdelete(name, &names->tree, compare);
	names->count--;
	name->names = NULL;
	if (!name->pending)
		name_free(name);
}

void
http_names_free(struct http_names *names)
{
	if (names == NULL)
		return;
	while (names->tree != NULL)
		drop(names, *(struct http_name **)names->tree);
	evdns_base_free(names->dns, 1);
	free(names);
}

/* Too many names: forget those that nobody waits for. */
static void
make_room(struct http_names *names)
{
	void *pending = NULL;
	size_t n = 0;

	if (names->count < MAX_NAMES)
		return;
	while (names->tree != NULL) {
		struct http_name *name = *(struct http_name **)names->tree;

		if (!name->pending) {
			drop(names, name);
			continue;
		}
		tdelete(name, &names->tree, compare);
		tsearch(name, &pending, compare);
		n++;
	}
	names->tree = pending;
	names->count = n;
}

static struct http_name *
find(struct http_names *names, const char *host)
{
	struct http_name key = {.host = (char *)host}, *name;
	void *found = tfind(&key, &names->tree, compare);

	if (found != NULL)
		return *(struct http_name **)found;
	make_room(names);
	name = xcalloc(1, sizeof(*name));
	name->names = names;
	name->host = xstrdup(host);
	TAILQ_INIT(&name->waiters);
	if (tsearch(name, &names->tree, compare) == NULL)
		abort();
	names->count++;
	return name;
}

/* ",address"; false: not an address of the internet. */
static bool
add_address(struct buf *list, const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN];
	const void *address;

	if (sa->sa_family == AF_INET)
		address = &((const struct sockaddr_in *)sa)->sin_addr;
	else if (sa->sa_family == AF_INET6)
		address = &((const struct sockaddr_in6 *)sa)->sin6_addr;
	else
		return false;
	if (inet_ntop(sa->sa_family, address, text, sizeof(text)) == NULL)
		return false;
	buf_printf(list, sa->sa_family == AF_INET ? "%s%s" : "%s[%s]",
	    list->len > 0 ? "," : "", text);
	return true;
}

static void
read_addresses(struct http_name *name, const struct evutil_addrinfo *ai)
{
	struct buf list = {0};
	int n = 0;

	name->is_public = true;
	for (; ai != NULL; ai = ai->ai_next) {
		if (!http_address_is_public(ai->ai_addr))
			name->is_public = false;
		if (n < MAX_ADDRESSES && add_address(&list, ai->ai_addr))
			n++;
	}
	if (n > 0)
		name->addresses = buf_take_str(&list);
	buf_free(&list);
}

static void
on_lookup(int result, struct evutil_addrinfo *ai, void *arg)
{
	struct http_name *name = arg;
	const char *why = NULL;
	struct http_call *call;

	name->pending = false;
	if (name->names == NULL) {
		if (ai != NULL)
			evutil_freeaddrinfo(ai);
		name_free(name);
		return;
	}
	if (result == 0)
		read_addresses(name, ai);
	if (ai != NULL)
		evutil_freeaddrinfo(ai);
	if (name->addresses == NULL)
		why = result != 0 ? evutil_gai_strerror(result) : "no address";
	name->expires_us = clock_mono_us() + (int64_t)KEEP_S * 1000000;
	while ((call = TAILQ_FIRST(&name->waiters)) != NULL) {
		http_names_forget(call);
		http_call_resolved(call, name->addresses, name->is_public, why);
	}
}

void
http_names_forget(struct http_call *call)
{
	if (call->name == NULL)
		return;
	TAILQ_REMOVE(&call->name->waiters, call, wait);
	call->name = NULL;
}

void
http_names_doubt(struct http_names *names, const char *host)
{
	struct http_name key = {.host = (char *)host};
	void *found = tfind(&key, &names->tree, compare);

	if (found != NULL)
		(*(struct http_name **)found)->expires_us = 0;
}

void
http_names_resolve(struct http_names *names, struct http_call *call)
{
	struct evutil_addrinfo hints = {
	    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct http_name *name = find(names, call->host);

	if (name->addresses != NULL && clock_mono_us() < name->expires_us) {
		http_call_resolved(
		    call, name->addresses, name->is_public, NULL);
		return;
	}
	call->name = name;
	TAILQ_INSERT_TAIL(&name->waiters, call, wait);
	if (name->pending)
		return;
	free(name->addresses);
	name->addresses = NULL;
	name->pending = true;
	evdns_getaddrinfo(
	    names->dns, name->host, NULL, &hints, on_lookup, name);
}
