/* signerd's configuration, and the rules made of it. */
#include "signer/rules.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"

enum { MAX_NETUID = 4095 };

const struct config_key signer_keys[] = {
    {"signer.key_file", CONFIG_STRING, "", false,
	"hotkey file; empty: systemd's credential hotkey, or else the hotkey "
	"of wallet.name, wallet.hotkey and wallet.path",
	NULL, 0, 0},
    {"signer.password_file", CONFIG_STRING, "", false,
	"file with the password of an encrypted hotkey file; empty: systemd's "
	"credential hotkey.password, or else its BT_PW_ variable",
	NULL, 0, 0},
    {"signer.socket", CONFIG_STRING, "/run/subnetd/signer.sock", false,
	"Unix socket to listen on", NULL, 0, 0},
    {"signer.allow_uid", CONFIG_STRING, "", false,
	"users, by name or number, that may connect besides signerd's own",
	NULL, 0, 0},
    {"signer.netuids", CONFIG_STRING, "", false,
	"subnets whose weights are signed; empty: netuid", NULL, 0, 0},
    {"signer.genesis", CONFIG_STRING, "", false,
	"genesis hash of the only chain to sign for; empty: any chain", NULL, 0,
	0},
    {"signer.weights_pallet", CONFIG_INT, "7", false,
	"index of the pallet SubtensorModule", NULL, 0, 255},
    {"signer.weights_calls", CONFIG_STRING, "all", false,
	"names of the calls that are signed as weights; all: those signerd "
	"knows",
	NULL, 0, 0},
    {"signer.epistula_per_second", CONFIG_REAL, "20000", true,
	"most Epistula messages signed a second", NULL, 0, 1e6},
    {"signer.dendrite_per_second", CONFIG_REAL, "100", true,
	"most dendrite messages signed a second", NULL, 0, 1e6},
    {"signer.weights_per_second", CONFIG_REAL, "5", true,
	"most weight extrinsics signed a second", NULL, 0, 1e6},
    {"signer.weights_burst", CONFIG_REAL, "10", true,
	"most weight extrinsics signed at once", NULL, 0, 1e6},
    {"signer.statement_per_second", CONFIG_REAL, "100", true,
	"most statements signed a second", NULL, 0, 1e6},
    {"signer.metrics_listen", CONFIG_STRING, "127.0.0.1:9104", false,
	"address of /metrics, /livez and /readyz; empty: none", NULL, 0, 0},
    {NULL, 0, NULL, false, NULL, NULL, 0, 0},
};

/* A whole number up to most; -1 if text is not one. */
static long
read_number(const char *text, long most)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n < 0 || n > most)
		return -1;
	return n;
}

/* The numbers of a list key; how many, or -1. */
static int
read_numbers(const struct config *config, const char *key, long most,
    long *numbers, size_t max, struct err *err)
{
	char **items = config_list(config, key);
	size_t n = 0;
	int ret = 0;

	for (; items[n] != NULL && ret == 0; n++) {
		if (n == max) {
			ret = err_set(
			    err, "%s has more than %zu items", key, max);
			break;
		}
		numbers[n] = read_number(items[n], most);
		if (numbers[n] < 0)
			ret =
			    err_set(err, "%s: \"%s\" is not a number up to %ld",
				key, items[n], most);
	}
	config_list_free(items);
	return ret < 0 ? -1 : (int)n;
}

/* By their names, or the indices we know them by; "all" is all of them. */
static int
load_calls(
    const struct config *config, struct weights_rules *rules, struct err *err)
{
	static const char key[] = "signer.weights_calls";
	char **items = config_list(config, key);
	int ret = 0;

	if (items[0] != NULL && strcmp(items[0], "all") == 0) {
		memset(rules->calls, true, sizeof(rules->calls));
		config_list_free(items);
		return 0;
	}
	for (size_t i = 0; items[i] != NULL && ret == 0; i++) {
		long index = read_number(items[i], UINT8_MAX);
		enum weights_call call =
		    index >= 0 ? weights_at(index) : weights_find(items[i]);

		if (call == N_WEIGHTS_CALLS)
			ret = err_set(err,
			    "%s: signerd does not know the arguments of call "
			    "%.64s",
			    key, items[i]);
		else
			rules->calls[call] = true;
	}
	config_list_free(items);
	return ret;
}

static int
load_netuids(
    const struct config *config, struct weights_rules *rules, struct err *err)
{
	long numbers[WEIGHTS_MAX_NETUIDS];
	int n = read_numbers(config, "signer.netuids", MAX_NETUID, numbers,
	    WEIGHTS_MAX_NETUIDS, err);

	if (n < 0)
		return -1;
	if (n == 0)
		numbers[n++] = config_int(config, "netuid");
	for (int i = 0; i < n; i++)
		rules->netuids[i] = numbers[i];
	rules->n_netuids = n;
	return 0;
}

int
rules_load_weights(
    const struct config *config, struct weights_rules *rules, struct err *err)
{
	const char *genesis = config_str(config, "signer.genesis");

	rules->pallet = config_int(config, "signer.weights_pallet");
	rules->has_genesis = genesis[0] != '\0';
	if (rules->has_genesis &&
	    hex_decode_exact(genesis, rules->genesis, 32) < 0)
		return err_set(err, "signer.genesis is not 32 bytes of hex");
	if (load_calls(config, rules, err) < 0)
		return -1;
	return load_netuids(config, rules, err);
}

static void
set_rate(struct answerer *a, enum shape_id shape, double per_second,
    double burst, int64_t mono_us)
{
	bucket_init(&a->buckets[shape], per_second, burst, mono_us);
}

void
rules_set_rates(
    const struct config *config, struct answerer *a, int64_t mono_us)
{
	double epistula = config_real(config, "signer.epistula_per_second");
	double dendrite = config_real(config, "signer.dendrite_per_second");
	double statement = config_real(config, "signer.statement_per_second");

	set_rate(a, SHAPE_EPISTULA, epistula, epistula, mono_us);
	set_rate(a, SHAPE_DENDRITE, dendrite, dendrite, mono_us);
	set_rate(a, SHAPE_STATEMENT, statement, statement, mono_us);
	set_rate(a, SHAPE_WEIGHTS,
	    config_real(config, "signer.weights_per_second"),
	    config_real(config, "signer.weights_burst"), mono_us);
}

/* A user's number, by that or by name; -1 if there is none. */
static long
read_user(const char *text)
{
	long number = read_number(text, UINT32_MAX - 1L);
	const struct passwd *user = number < 0 ? getpwnam(text) : NULL;

	return user != NULL ? (long)user->pw_uid : number;
}

int
rules_load_uids(
    const struct config *config, struct rules_uids *uids, struct err *err)
{
	static const char key[] = "signer.allow_uid";
	char **items = config_list(config, key);
	int ret = 0;

	uids->n = 0;
	for (size_t i = 0; items[i] != NULL && ret == 0; i++) {
		long uid = read_user(items[i]);

		if (uids->n == RULES_MAX_UIDS)
			ret = err_set(err, "%s has more than %d items", key,
			    RULES_MAX_UIDS);
		else if (uid < 0)
			ret = err_set(err,
			    "%s: \"%s\" is no user of this machine: neither a "
			    "name nor a number up to %ld",
			    key, items[i], UINT32_MAX - 1L);
		else
			uids->uids[uids->n++] = (uid_t)uid;
	}
	config_list_free(items);
	return ret;
}

/* A file that systemd has for us (LoadCredential=); the caller frees. NULL if
 * there is none of that name. */
static char *
credential(const char *name)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *path = folder != NULL ? xasprintf("%s/%s", folder, name) : NULL;

	if (path == NULL || access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *
rules_key_path(const struct config *config)
{
	char *path;

	if (config_is_set(config, "signer.key_file"))
		return xstrdup(config_str(config, "signer.key_file"));
	path = credential("hotkey");
	if (path != NULL)
		return path;
	return keyfile_hotkey_path(config_str(config, "wallet.path"),
	    config_str(config, "wallet.name"),
	    config_str(config, "wallet.hotkey"));
}

int
rules_password_file(const struct config *config, char **path, struct err *err)
{
	const char *set = config_str(config, "signer.password_file");

	*path = NULL;
	/* What is no path may be the password itself: it is not repeated. */
	if (set[0] != '\0' && set[0] != '/')
		return err_set(
		    err, "signer.password_file is not the full path of a file");
	*path = set[0] != '\0' ? xstrdup(set) : credential("hotkey.password");
	return 0;
}
