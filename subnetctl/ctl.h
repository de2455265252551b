/*
 * What the subcommands of subnetctl share: the configuration, the words that
 * were given, how they end.
 *
 * Each subcommand is one function of this list, in a file named after it. It
 * prints one JSON object if ctl->json is set, else a table for people.
 */
#ifndef SUBNETCTL_CTL_H
#define SUBNETCTL_CTL_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

struct config;
struct err;

enum ctl_exit { CTL_OK = 0, CTL_FAILED = 1, CTL_REFUSED = 2, CTL_USAGE = 64 };

struct ctl {
	const struct config *config;
	bool json;
	char netuid[16];
	char mecid[16];
	char limit[16];
	const char *const *args; /* behind the subcommand's words */
	size_t n_args;
};

/* Say why on stderr, or as {"error": ...}, and return the code. */
int ctl_fail(const struct ctl *, enum ctl_exit, const struct err *);

/* The configured database; NULL, having said why. The caller's to PQfinish. */
PGconn *ctl_connect(const struct ctl *);

/* One statement on it; NULL, having said why. */
PGresult *ctl_query(const struct ctl *, const char *sql, size_t n_params,
    const char *const *params);

/* Its rows as a table, or under that name. How the command ends. */
int ctl_list(const struct ctl *, const char *name, const char *sql,
    size_t n_params, const char *const *params);

/* Is the text a hotkey's address? 0; -1, and why. */
int ctl_hotkey(const char *text, struct err *);

/* A command about one hotkey, its first argument: load reads what there is to
 * say into x, 0 or -1 and why; show says it; clear comes behind load. How the
 * command ends. */
struct ctl_steps {
	int (*load)(const struct ctl *, PGconn *, void *x, struct err *);
	void (*show)(const struct ctl *, const void *x);
	void (*clear)(void *x);
};
int ctl_about_hotkey(const struct ctl *, const struct ctl_steps *, void *x);

int ctl_migrate(const struct ctl *);
int ctl_doctor(const struct ctl *);
int ctl_jobs_list(const struct ctl *);
int ctl_jobs_show(const struct ctl *);
int ctl_jobs_route(const struct ctl *);
int ctl_jobs_failures(const struct ctl *);
int ctl_jobs_redrive(const struct ctl *);
int ctl_jobs_cancel(const struct ctl *);
int ctl_schedules_list(const struct ctl *);
int ctl_schedules_run(const struct ctl *);
int ctl_schedules_enable(const struct ctl *);
int ctl_schedules_disable(const struct ctl *);
int ctl_miners_list(const struct ctl *);
int ctl_miners_show(const struct ctl *);
int ctl_miners_explain(const struct ctl *);
int ctl_miners_shares(const struct ctl *);
int ctl_miners_ban(const struct ctl *);
int ctl_miners_unban(const struct ctl *);
int ctl_tenants_list(const struct ctl *);
int ctl_tenants_weight(const struct ctl *);
int ctl_keys_new(const struct ctl *);
int ctl_keys_list(const struct ctl *);
int ctl_keys_revoke(const struct ctl *);
int ctl_keys_rotate(const struct ctl *);
int ctl_export(const struct ctl *);
int ctl_export_wandb(const struct ctl *);
int ctl_scores_show(const struct ctl *);
int ctl_scores_explain(const struct ctl *);
int ctl_scores_statement(const struct ctl *);
int ctl_weights_history(const struct ctl *);
int ctl_weights_plan(const struct ctl *);
int ctl_weights_status(const struct ctl *);
int ctl_weights_submit(const struct ctl *);
int ctl_weights_prove(const struct ctl *);
int ctl_audit_weights(const struct ctl *);
int ctl_import_dippy(const struct ctl *);
int ctl_import_violet(const struct ctl *);
int ctl_import_infinitevibe(const struct ctl *);
int ctl_engagement_claim(const struct ctl *);
int ctl_engagement_explain(const struct ctl *);
int ctl_engagement_task(const struct ctl *);
int ctl_top(const struct ctl *);

#endif
