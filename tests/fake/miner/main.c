/*
 * A development miner: real requests, real signatures, real work, and a
 * character given by its flags.
 */
#include <curl/curl.h>
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/err.h"
#include "common/http_client.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/suri.h"
#include "tests/fake/miner/child.h"
#include "tests/fake/miner/door.h"
#include "tests/fake/miner/job.h"
#include "tests/fake/miner/miner.h"
#include "tests/fake/miner/seen.h"

enum { EXIT_USAGE = 64, MAX_CONNECTIONS = 64 };

static int
load_hotkey(struct miner *m, struct err *err)
{
	struct sr25519_keypair pair;

	if (suri_to_keypair(m->persona.suri, &pair, err) != 0)
		return err_wrap(err, "--suri");
	ss58_encode(SS58_BITTENSOR, pair.public, m->hotkey);
	sr25519_wipe(&pair);
	return 0;
}

static int
make_dir(struct miner *m, struct err *err)
{
	const char *parent = getenv("TMPDIR");

	m->dir =
	    xasprintf("%s/miner-XXXXXX", parent != NULL ? parent : P_tmpdir);
	if (mkdtemp(m->dir) != NULL)
		return 0;
	free(m->dir);
	m->dir = NULL;
	return err_set(err, "no directory for files in TMPDIR");
}

static void
on_term(evutil_socket_t fd, short what, void *arg)
{
	struct miner *m = arg;

	(void)what;
	log_info("miner.stopping", "signal=%d", (int)fd);
	event_base_loopbreak(m->base);
}

/* Whoever is told that it listens may stop it. */
static void
serve(struct miner *m, int port)
{
	struct event *term = evsignal_new(m->base, SIGTERM, on_term, m);
	struct event *intr = evsignal_new(m->base, SIGINT, on_term, m);

	event_add(term, NULL);
	event_add(intr, NULL);
	log_info("miner.listening", "port=%d hotkey=%s", port, m->hotkey);
	event_base_dispatch(m->base);
	event_free(term);
	event_free(intr);
}

static int
run(struct miner *m, struct err *err)
{
	const struct http_client_options options = {
	    .allow_private = true,
	    .max_connections = MAX_CONNECTIONS,
	    .max_host_connections = MAX_CONNECTIONS,
	};
	struct http_server *server;
	int failed;

	if (load_hotkey(m, err) != 0 || make_dir(m, err) != 0)
		return -1;
	m->base = event_base_new();
	m->client = http_client_new(m->base, &options);
	m->children = children_new(m->base);
	m->seen = seen_new();
	server =
	    http_server_new(m->base, door_routes(), &http_default_limits, m);
	failed = http_server_listen(server, m->persona.listen, err);
	if (!failed)
		serve(m, http_server_port(server));
	jobs_free(m);
	http_server_free(server);
	http_client_free(m->client);
	children_free(m->children);
	seen_free(m->seen);
	event_base_free(m->base);
	rmdir(m->dir);
	free(m->dir);
	return failed;
}

int
main(int argc, char **argv)
{
	struct miner m = {0};
	struct err err = {""};
	int parsed, failed;

	log_init("miner", LOG_INFO);
	signal(SIGPIPE, SIG_IGN);
	TAILQ_INIT(&m.jobs);
	parsed = persona_parse(&m.persona, argc, argv, &err);
	if (parsed > 0)
		return EXIT_SUCCESS;
	if (parsed < 0) {
		log_fatal("miner.flags", "why=\"%s\"", err.text);
		return EXIT_USAGE;
	}
	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return EXIT_FAILURE;
	failed = run(&m, &err);
	if (failed)
		log_fatal("miner.start", "why=\"%s\"", err.text);
	curl_global_cleanup();
	libevent_global_shutdown();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
