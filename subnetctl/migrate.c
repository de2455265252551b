/*
 * Migrations: each in a transaction of its own, one migrator at a time, and
 * never on a database whose migrations are not a beginning of ours.
 */
#include "subnetctl/migrate.h"

#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/log.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"
#include "subnetctl/show.h"

/* The advisory lock of all migrators: "subnetd" in ASCII. */
static const char lock_number[] = "32498687941112932";

/* "0001_init" -> 1. */
static int
version_of(const char *name)
{
	return strtol(name, NULL, 10);
}

static const struct sql_text *
find_migration(int version, const char *name)
{
	for (size_t i = 0; i < n_sql_migrations; i++) {
		const struct sql_text *m = &sql_migrations[i];

		if (version_of(m->name) == version &&
		    strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

static int
read_list(PGconn *conn, struct migrate_state *state, struct err *err)
{
	PGresult *res = db_query(conn, sql_ctl_migration_list, 0, NULL, err);

	if (res == NULL)
		return -1;
	for (int i = 0; i < PQntuples(res); i++) {
		int version = pg_int(res, i, "version");
		const char *name = pg_text(res, i, "name");

		if (version > state->have)
			state->have = version;
		if (find_migration(version, name) == NULL)
			snprintf(
			    state->foreign, sizeof(state->foreign), "%s", name);
	}
	PQclear(res);
	return 0;
}

int
migrate_look(PGconn *conn, struct migrate_state *state, struct err *err)
{
	PGresult *res = db_query(conn, sql_ctl_migration_exists, 0, NULL, err);
	bool found;

	*state = (struct migrate_state){0};
	for (size_t i = 0; i < n_sql_migrations; i++)
		state->known = version_of(sql_migrations[i].name);
	if (res == NULL)
		return -1;
	found = pg_bool(res, 0, "found");
	PQclear(res);
	return found ? read_list(conn, state, err) : 0;
}

static int
query(PGconn *conn, const char *sql, size_t n, const char *const *params,
    struct err *err)
{
	PGresult *res = db_query(conn, sql, n, params, err);

	PQclear(res);
	return res != NULL ? 0 : -1;
}

static int
apply(PGconn *conn, const struct sql_text *m, struct err *err)
{
	struct pg_params p = {.n = 0};

	pg_add_int(&p, version_of(m->name));
	pg_add_text(&p, m->name);
	pg_add_us(&p, clock_wall_us());
	if (query(conn, sql_ctl_begin, 0, NULL, err) != 0 ||
	    db_run(conn, m->text, err) != 0 ||
	    query(conn, sql_ctl_migration_add, p.n, p.values, err) != 0 ||
	    query(conn, sql_ctl_commit, 0, NULL, err) != 0)
		return err_wrap(err, "migration %s", m->name);
	return 0;
}

static int
apply_missing(PGconn *conn, int have, json_t *applied, struct err *err)
{
	for (size_t i = 0; i < n_sql_migrations; i++) {
		const struct sql_text *m = &sql_migrations[i];

		if (version_of(m->name) <= have)
			continue;
		if (apply(conn, m, err) != 0)
			return -1;
		json_array_append_new(applied, json_string(m->name));
	}
	return 0;
}

static void
report(const struct ctl *ctl, int version, json_t *applied)
{
	const json_t *name;
	size_t i;

	if (ctl->json) {
		show_json(json_pack(
		    "{s:i, s:O}", "version", version, "applied", applied));
		return;
	}
	json_array_foreach(applied, i, name)
	    printf("applied %s\n", json_string_value(name));
	printf("the schema is at version %d\n", version);
}

static enum ctl_exit
migrate(PGconn *conn, json_t *applied, int *version, struct err *err)
{
	const char *const lock[] = {lock_number};
	struct migrate_state state;

	if (query(conn, sql_ctl_migration_lock, 1, lock, err) != 0 ||
	    query(conn, sql_ctl_migration_table, 0, NULL, err) != 0 ||
	    migrate_look(conn, &state, err) != 0)
		return CTL_FAILED;
	*version = state.known;
	if (state.foreign[0] != '\0') {
		err_set(err,
		    "the database has migration %s (version %d), and this "
		    "subnetctl knows version %d: use the newer subnetctl",
		    state.foreign, state.have, state.known);
		return CTL_REFUSED;
	}
	return apply_missing(conn, state.have, applied, err) == 0 ? CTL_OK
								  : CTL_FAILED;
}

/* Each reason for waiting is said once. */
static void
say_waiting(const struct err *why, struct err *said)
{
	if (strcmp(why->text, said->text) != 0)
		log_warn("migrate.waiting", "why=\"%s\"", why->text);
	*said = *why;
}

/* With --wait until it can be connected to, or the time is up: whoever starts
 * everything at once need not put it in order. NULL, having said why. */
static PGconn *
connect_waiting(const struct ctl *ctl)
{
	const char *url = config_str(ctl->config, "db.url");
	int64_t until_us = clock_mono_us() + 1000 * config_ms(ctl->config,
							"subnetctl.wait_limit");
	struct backoff backoff = {.least_ms = 200, .most_ms = 2000};
	struct err err, said = {""};
	PGconn *conn;

	if (!config_bool(ctl->config, "subnetctl.wait"))
		return ctl_connect(ctl);
	while ((conn = db_connect(url, &err)) == NULL &&
	       clock_mono_us() < until_us) {
		say_waiting(&err, &said);
		poll(NULL, 0, (int)backoff_next_ms(&backoff));
	}
	if (conn == NULL)
		ctl_fail(ctl, CTL_FAILED, &err);
	return conn;
}

int
ctl_migrate(const struct ctl *ctl)
{
	PGconn *conn = connect_waiting(ctl);
	json_t *applied = json_array();
	enum ctl_exit code = CTL_FAILED;
	struct err err;
	int version;

	if (conn != NULL) {
		code = migrate(conn, applied, &version, &err);
		if (code == CTL_OK)
			report(ctl, version, applied);
		else
			ctl_fail(ctl, code, &err);
	}
	json_decref(applied);
	PQfinish(conn);
	return code;
}
