/* signerd: holds the hotkey and signs what its table of shapes allows. */
#include <sodium.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/log.h"
#include "common/service.h"
#include "signer/answer.h"
#include "signer/key.h"
#include "signer/rules.h"
#include "signer/server.h"
#include "subtensor/sr25519.h"

struct signer {
	struct service service; /* first: the routes of health expect it */
	struct sr25519_keypair *key;
	struct rules_uids uids;
	struct answerer answerer;
	struct server *server;
};

static int
open_key(struct signer *s, struct err *err)
{
	char *path = rules_key_path(s->service.config);
	char *password_file = NULL;
	bool locked = false;

	if (rules_password_file(s->service.config, &password_file, err) == 0 &&
	    key_harden_process(err) == 0)
		s->key = key_open(path, password_file, &locked, err);
	free(path);
	free(password_file);
	if (s->key == NULL)
		return -1;
	if (!locked)
		log_warn("key.not_locked",
		    "why=\"the key may be swapped out; raise RLIMIT_MEMLOCK\"");
	return 0;
}

static int
start(struct signer *s, struct err *err)
{
	const struct config *config = s->service.config;
	struct server_options options = {
	    .path = config_str(config, "signer.socket"),
	    .uids = s->uids.uids,
	};

	if (rules_load_uids(config, &s->uids, err) < 0 ||
	    rules_load_weights(config, &s->answerer.rules.weights, err) < 0 ||
	    open_key(s, err) < 0)
		return -1;
	answer_init(&s->answerer, s->key, s->service.metrics, clock_mono_us());
	rules_set_rates(config, &s->answerer, clock_mono_us());
	options.n_uids = s->uids.n;
	s->server = server_new(
	    s->service.base, &options, &s->answerer, s->service.metrics, err);
	if (s->server == NULL)
		return -1;
	log_info("signer.listening", "socket=%s hotkey=%s", options.path,
	    s->answerer.rules.hotkey);
	return 0;
}

static void
on_reload(void *arg)
{
	struct signer *s = arg;

	rules_set_rates(s->service.config, &s->answerer, clock_mono_us());
}

int
main(int argc, char **argv)
{
	struct signer s = {.service = {.on_reload = on_reload}};
	struct err err = {""};
	int code;

	s.service.arg = &s;
	code = service_init(
	    &s.service, "signerd", "signer", signer_keys, argc, argv);
	if (code >= 0)
		return code;
	code = EXIT_FAILURE;
	if (start(&s, &err) == 0)
		code = service_run(&s.service, "signer.metrics_listen");
	else
		log_fatal("signer.refused", "why=\"%s\"", err.text);
	server_free(s.server);
	key_close(s.key);
	service_clear(&s.service);
	return code;
}
