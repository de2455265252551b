/*
 * Configuration: one table of keys per program; values from a file (ini), the
 * environment and flags, in rising strength.
 *
 * A key "orchestrator.listen" is `listen` under [orchestrator] in the file,
 * SUBNETD_ORCHESTRATOR_LISTEN in the environment and --orchestrator.listen
 * (or --listen, its own program's section may be left out) as a flag. Keys
 * also name the variables operators know from Bittensor (BT_NETUID, ...).
 * A value "@/path" is read from that file; secrets may only be given so.
 * The file is the whole suite's: sections of the other programs are passed
 * over, but an unknown key anywhere else is an error that names the nearest.
 */
#ifndef COMMON_CONFIG_H
#define COMMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct err;

enum config_type {
	CONFIG_STRING,
	CONFIG_INT,
	CONFIG_REAL,
	CONFIG_BOOL,   /* yes, no, true, false, on, off, 1, 0 */
	CONFIG_MS,     /* 250ms, 20s, 5m, 2h, 7d */
	CONFIG_SECRET, /* "@/path" only */
};

struct config_key {
	const char *name;
	enum config_type type;
	const char *fallback; /* NULL: must be set by somebody */
	bool reloadable;      /* taken over on SIGHUP */
	const char *help;
	const char *env; /* further variables, separated by spaces, or NULL */
	double min, max; /* of numbers and milliseconds; both 0: any */
};

/* The keys every program has: netuid, db.*, redis.*, subtensor.*, wallet.*,
 * logging.*. Ends with a NULL name. */
extern const struct config_key config_common_keys[];

enum config_action {
	CONFIG_RUN,
	CONFIG_EXIT_OK,	 /* -n, -p, --help and the like did their work */
	CONFIG_EXIT_BAD, /* err says why */
};

struct config_request {
	const char *section;	       /* "orchestrator" */
	const char *program;	       /* "orchestratord" */
	const struct config_key *keys; /* ends with a NULL name */
	int argc;
	char **argv;
	char **env;
};

/*
 * Read everything. *config is made in each case but CONFIG_EXIT_BAD. Flags:
 * -c FILE, -n (check and exit), -p (print what is in effect), --help, --keys
 * (the table, for programs that read it), --version; warnings (upstreams' keys
 * that mean nothing here) are logged. Arguments that are not flags are left in
 * argv behind config_rest().
 */
enum config_action config_load(
    const struct config_request *, struct config **config, struct err *);
void config_free(struct config *);

/* Arguments behind the flags; NULL-terminated, borrowed. */
char **config_rest(const struct config *);

/*
 * Read file and environment again. Reloadable keys that changed are taken
 * over; on_change is told each changed key and whether it was. -1 and nothing
 * changed if anything is wrong.
 */
int config_reload(struct config *,
    void (*on_change)(const char *key, bool taken, void *arg), void *arg,
    struct err *);

/* A key not in the table is our own bug and ends the process. */
const char *config_str(const struct config *, const char *key);
int64_t config_int(const struct config *, const char *key);
double config_real(const struct config *, const char *key);
bool config_bool(const struct config *, const char *key);
int64_t config_ms(const struct config *, const char *key);
bool config_is_set(const struct config *, const char *key); /* not "" */

/* Comma- or space-separated items; NULL-terminated, freed by
 * config_list_free(). */
char **config_list(const struct config *, const char *key);
void config_list_free(char **);

/* Parse one "250ms", or "0"; -1 if it is neither. Pure. */
int64_t config_parse_ms(const char *);

#endif
