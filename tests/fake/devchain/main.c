/*
 * devchain: a development chain that answers like a subtensor node.
 *
 * Arguments, wiring and the clock that makes blocks; see README.md.
 */
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/endpoint.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/older.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/scenario.h"
#include "tests/fake/devchain/server.h"
#include "tests/fake/devchain/subs.h"

enum { EXIT_USAGE = 64, EXIT_FAILED = 1, MAX_PORTS = 16 };

struct options {
	const char *listen;
	int port;
	size_t ports;
	int block_ms; /* 0: only when told to */
	uint32_t finality;
	struct runtime_spec spec;
	const char *scenario;
};

struct devchain {
	struct node node; /* first: its address is ours */
	struct event_base *base;
	struct event *block_timer;
	int block_ms;
};

static const char usage[] =
    "usage: devchain [--listen ADDRESS] [--port N] [--ports N] [--block-ms N]\n"
    "                [--finality N] [--spec-version N] [--scenario FILE]\n"
    "                [--metadata 14|15] [--crv3] [--hide Pallet.name]...\n";

/* What an older runtime has not. */
static int
read_hidden(struct runtime_spec *spec, const char *name)
{
	struct err err;

	if (older_hide(spec, name, &err) == 0)
		return 0;
	fprintf(stderr, "devchain: --hide: %s\n", err.text);
	return -1;
}

static int
read_metadata(struct runtime_spec *spec, const char *version)
{
	spec->v14_only = strcmp(version, "14") == 0;
	return spec->v14_only || strcmp(version, "15") == 0 ? 0 : -1;
}

/* One option, by the letter names gives it. */
static int
read_option(struct options *o, int letter, const char *value)
{
	switch (letter) {
	case 'l':
		o->listen = value;
		return 0;
	case 'p':
		o->port = atoi(value);
		return 0;
	case 'n':
		o->ports = strtoul(value, NULL, 10);
		return 0;
	case 'b':
		o->block_ms = atoi(value);
		return 0;
	case 'f':
		o->finality = strtoul(value, NULL, 10);
		return 0;
	case 'v':
		o->spec.spec_version = strtoul(value, NULL, 10);
		return 0;
	case 's':
		o->scenario = value;
		return 0;
	case 'm':
		return read_metadata(&o->spec, value);
	case 'c':
		o->spec.crv3 = true;
		return 0;
	case 'h':
		return read_hidden(&o->spec, value);
	default:
		return -1;
	}
}

static int
read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
	    {"listen", required_argument, NULL, 'l'},
	    {"port", required_argument, NULL, 'p'},
	    {"ports", required_argument, NULL, 'n'},
	    {"block-ms", required_argument, NULL, 'b'},
	    {"finality", required_argument, NULL, 'f'},
	    {"spec-version", required_argument, NULL, 'v'},
	    {"scenario", required_argument, NULL, 's'},
	    {"metadata", required_argument, NULL, 'm'},
	    {"crv3", no_argument, NULL, 'c'},
	    {"hide", required_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	*o = (struct options){.listen = "127.0.0.1",
	    .ports = 1,
	    .block_ms = 1000,
	    .finality = 2,
	    .spec = {.spec_version = 424, .transaction_version = 1}};
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		if (read_option(o, c, optarg) != 0)
			return -1;
	o->spec.slot_ms = (uint64_t)o->block_ms;
	return optind == argc && o->ports >= 1 && o->ports <= MAX_PORTS ? 0
									: -1;
}

static json_t *
read_scenario(const char *path, struct err *err)
{
	json_error_t why;
	json_t *j;

	if (path == NULL)
		return scenario_default();
	j = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (j == NULL)
		err_set(err, "%s:%d: %s", path, why.line, why.text);
	return j;
}

static int
start_chain(struct node *n, const struct options *o, struct err *err)
{
	const struct chain_hooks hooks = {
	    .on_block = subs_on_block,
	    .on_best = subs_on_best,
	    .on_finalized = subs_on_finalized,
	    .on_tx = subs_on_tx,
	    .arg = n,
	};
	json_t *scenario = read_scenario(o->scenario, err);
	int started = -1;

	n->chain = chain_new(&hooks, o->finality);
	if (scenario != NULL)
		started =
		    chain_start(n->chain, chain_add_runtime(n->chain, &o->spec),
			scenario_fill, scenario, err);
	json_decref(scenario);
	return started;
}

static void
on_block_timer(evutil_socket_t fd, short what, void *arg)
{
	struct devchain *d = arg;

	(void)fd;
	(void)what;
	chain_produce(d->node.chain, clock_wall_ms());
}

static void
set_producing(struct node *n, bool on)
{
	struct devchain *d = (struct devchain *)n;
	const struct timeval tv = {
	    d->block_ms / 1000, d->block_ms % 1000 * 1000};

	if (on && d->block_ms > 0)
		event_add(d->block_timer, &tv);
	else
		event_del(d->block_timer);
}

static void
on_signal(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static void
make_endpoints(struct node *n, const struct options *o)
{
	n->n_endpoints = o->ports;
	n->endpoints = xcalloc(o->ports, sizeof(*n->endpoints));
	for (size_t i = 0; i < o->ports; i++) {
		n->endpoints[i].chain = n->chain;
		n->endpoints[i].index = i;
		n->endpoints[i].port = o->port == 0 ? 0 : o->port + (int)i;
	}
}

static void
say_listening(const struct node *n)
{
	char genesis[65];

	for (size_t i = 0; i < n->n_endpoints; i++)
		log_info("chain.endpoint", "index=%zu port=%d", i,
		    n->endpoints[i].port);
	hex_encode(n->chain->genesis->hash, 32, genesis);
	log_info("chain.listening", "port=%d genesis=0x%s",
	    n->endpoints[0].port, genesis);
}

static int
serve(struct devchain *d, const char *address, struct err *err)
{
	struct server *server = server_new(d->base, &d->node);
	struct event *term = evsignal_new(d->base, SIGTERM, on_signal, d->base);
	struct event *interrupt =
	    evsignal_new(d->base, SIGINT, on_signal, d->base);
	int listens = server_listen(server, address, err);

	if (listens == 0) {
		event_add(term, NULL);
		event_add(interrupt, NULL);
		set_producing(&d->node, true);
		say_listening(&d->node);
		event_base_dispatch(d->base);
	}
	server_free(server);
	event_free(term);
	event_free(interrupt);
	return listens;
}

int
main(int argc, char **argv)
{
	struct devchain d = {.node.set_producing = set_producing};
	struct options o;
	struct err err = {""};
	int failed;

	log_init("devchain", LOG_INFO);
	if (read_options(argc, argv, &o) != 0) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() < 0) {
		log_fatal("chain.failed", "why=\"no random numbers\"");
		return EXIT_FAILED;
	}
	d.block_ms = o.block_ms;
	d.base = event_base_new();
	d.block_timer = event_new(d.base, -1, EV_PERSIST, on_block_timer, &d);
	failed = start_chain(&d.node, &o, &err) != 0;
	if (!failed) {
		make_endpoints(&d.node, &o);
		failed = serve(&d, o.listen, &err) != 0;
	}
	if (failed)
		log_fatal("chain.failed", "why=\"%s\"", err.text);
	event_free(d.block_timer);
	chain_free(d.node.chain);
	free(d.node.endpoints);
	event_base_free(d.base);
	return failed ? EXIT_FAILED : 0;
}
