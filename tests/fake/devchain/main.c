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
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/scenario.h"
#include "tests/fake/devchain/server.h"
#include "tests/fake/devchain/subs.h"

enum { EXIT_USAGE = 64, EXIT_FAILED = 1, MAX_PORTS = 16 };

struct options {
	int port;
	size_t ports;
	int block_ms; /* 0: only when told to */
	uint32_t finality;
	uint32_t spec_version;
	const char *scenario;
};

struct devchain {
	struct node node; /* first: its address is ours */
	struct event_base *base;
	struct event *block_timer;
	int block_ms;
};

static const char usage[] =
    "usage: devchain [--port N] [--ports N] [--block-ms N] [--finality N]\n"
    "                [--spec-version N] [--scenario FILE]\n";

static int
read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
	    {"port", required_argument, NULL, 'p'},
	    {"ports", required_argument, NULL, 'n'},
	    {"block-ms", required_argument, NULL, 'b'},
	    {"finality", required_argument, NULL, 'f'},
	    {"spec-version", required_argument, NULL, 'v'},
	    {"scenario", required_argument, NULL, 's'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	*o = (struct options){
	    .ports = 1, .block_ms = 1000, .finality = 2, .spec_version = 424};
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'p')
			o->port = atoi(optarg);
		else if (c == 'n')
			o->ports = strtoul(optarg, NULL, 10);
		else if (c == 'b')
			o->block_ms = atoi(optarg);
		else if (c == 'f')
			o->finality = strtoul(optarg, NULL, 10);
		else if (c == 'v')
			o->spec_version = strtoul(optarg, NULL, 10);
		else if (c == 's')
			o->scenario = optarg;
		else
			return -1;
	}
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
	const struct runtime_spec spec = {
	    .spec_version = o->spec_version,
	    .transaction_version = 1,
	    .slot_ms = (uint64_t)o->block_ms,
	};
	json_t *scenario = read_scenario(o->scenario, err);
	int started = -1;

	n->chain = chain_new(&hooks, o->finality);
	if (scenario != NULL)
		started =
		    chain_start(n->chain, chain_add_runtime(n->chain, &spec),
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
serve(struct devchain *d, struct err *err)
{
	struct server *server = server_new(d->base, &d->node);
	struct event *term = evsignal_new(d->base, SIGTERM, on_signal, d->base);
	struct event *interrupt =
	    evsignal_new(d->base, SIGINT, on_signal, d->base);
	int listens = server_listen(server, err);

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
		failed = serve(&d, &err) != 0;
	}
	if (failed)
		log_fatal("chain.failed", "why=\"%s\"", err.text);
	event_free(d.block_timer);
	chain_free(d.node.chain);
	free(d.node.endpoints);
	event_base_free(d.base);
	return failed ? EXIT_FAILED : 0;
}
