/* What the rows say of one miner. */
#include "subnetctl/miner_facts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "sql.h"
#include "subnetctl/check.h"
#include "subnetctl/ctl.h"
#include "subnetctl/db.h"

/* Who asked for work is there for so long (orchestrator/README.md). */
static const int64_t polled_us = 60 * 1000000LL;

/* -- reading --------------------------------------------------------------- */

static PGresult *
read_row(const struct ctl *ctl, PGconn *conn, const char *hotkey,
    int64_t now_us, struct err *err)
{
	struct pg_params p = {.n = 0};
	PGresult *res;

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, hotkey);
	pg_add_us(&p, now_us);
	pg_add_text(&p, ctl->mecid);
	res = db_query(conn, sql_ctl_miner_show, p.n, p.values, err);
	if (res == NULL || PQntuples(res) == 1)
		return res;
	err_set(err, "%s is no neuron of subnet %s, and was never tried there",
	    hotkey, ctl->netuid);
	PQclear(res);
	return NULL;
}

/* A statement about the hotkey since a time; last: one parameter more, or 0 of
 * a time and NULL. */
static PGresult *
read_since(const struct ctl *ctl, PGconn *conn, const char *hotkey,
    int64_t since_us, const char *sql, const char *limit, int64_t seen_us,
    struct err *err)
{
	struct pg_params p = {.n = 0};

	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, hotkey);
	pg_add_us(&p, since_us);
	if (limit != NULL)
		pg_add_text(&p, limit);
	if (seen_us != 0)
		pg_add_us(&p, seen_us);
	return db_query(conn, sql, p.n, p.values, err);
}

int
miner_facts_read(const struct ctl *ctl, PGconn *conn, const char *hotkey,
    int64_t now_us, struct miner_facts *f, struct err *err)
{
	int64_t since_us =
	    now_us - config_ms(ctl->config, "subnetctl.since") * 1000;

	*f = (struct miner_facts){.row = NULL};
	f->row = read_row(ctl, conn, hotkey, now_us, err);
	if (f->row != NULL)
		f->lanes = read_since(ctl, conn, hotkey, since_us,
		    sql_ctl_miner_lanes, NULL, now_us - polled_us, err);
	if (f->lanes != NULL)
		f->outcomes = read_since(ctl, conn, hotkey, since_us,
		    sql_ctl_miner_outcomes, NULL, 0, err);
	if (f->outcomes != NULL)
		f->reasons = read_since(ctl, conn, hotkey, since_us,
		    sql_ctl_miner_reasons, ctl->limit, 0, err);
	return f->reasons != NULL ? 0 : -1;
}

void
miner_facts_clear(struct miner_facts *f)
{
	PQclear(f->row);
	PQclear(f->lanes);
	PQclear(f->outcomes);
	PQclear(f->reasons);
	*f = (struct miner_facts){.row = NULL};
}

/* -- what may keep work from it -------------------------------------------- */

static const char *
text_of(const struct miner_facts *f, const char *column)
{
	return pg_text(f->row, 0, column);
}

static bool
has(const struct miner_facts *f, const char *column)
{
	return !pg_is_null(f->row, 0, column);
}

struct moment {
	char text[24];
};

/* A time of the row, to the second: "2026-01-02T03:04:05Z". */
static struct moment
when(const struct miner_facts *f, const char *column)
{
	const char *at = text_of(f, column);
	struct moment m = {""};

	if (strlen(at) < 19)
		snprintf(m.text, sizeof(m.text), "%s", at); /* infinity */
	else
		snprintf(m.text, sizeof(m.text), "%.10sT%.8sZ", at, at + 11);
	return m;
}

/* Is a time of the row later than this? Both as PostgreSQL writes UTC, so that
 * they compare as texts. */
static bool
is_later(const struct miner_facts *f, const char *column, int64_t us)
{
	struct pg_params p = {.n = 0};
	char at[40];

	if (!has(f, column))
		return false;
	pg_add_us(&p, us);
	snprintf(at, sizeof(at), "%s", p.values[0]);
	at[10] = ' ';
	return strncmp(text_of(f, column), at, 19) > 0;
}

static void
check_registered(const struct miner_facts *f, struct check *c)
{
	c->name = "registered";
	if (has(f, "uid")) {
		check_ok(c, "uid %s, %.10g alpha staked", text_of(f, "uid"),
		    pg_real(f->row, 0, "stake"));
		return;
	}
	check_fail(c, "it is no neuron of the subnet at block %s",
	    has(f, "block") ? text_of(f, "block") : "?");
	check_fix(c, "register the hotkey");
}

static void
check_door(const struct miner_facts *f, struct check *c)
{
	c->name = "door";
	if (has(f, "address")) {
		check_ok(c, "%s, %s", text_of(f, "address"),
		    pg_bool(f->row, 0, "is_axon") ? "its axon"
						  : "as it committed");
	} else if (has(f, "polled_at")) {
		check_ok(c, "none: it asks for its work itself");
	} else {
		check_fail(c, "it has committed no address, serves no axon "
			      "that is asked, and does not ask for work");
		check_fix(c, "commit host:port on chain");
	}
}

static void
check_answers(const struct miner_facts *f, int64_t now_us, struct check *c)
{
	c->name = "answers";
	if (is_later(f, "polled_at", now_us - polled_us)) {
		check_ok(
		    c, "it asked for work at %s", when(f, "polled_at").text);
	} else if (pg_bool(f->row, 0, "is_up")) {
		check_ok(c, "asked last at %s", when(f, "probed_at").text);
	} else if (!has(f, "probed_at") && !has(f, "polled_at")) {
		check_fail(c, "no orchestratord has asked it yet");
		check_fix(c, "wait a minute; then see that orchestratord runs");
	} else {
		check_fail(c, "not since %s",
		    when(f, has(f, "down_at")	  ? "down_at"
			    : has(f, "polled_at") ? "polled_at"
						  : "probed_at")
			.text);
		check_fix(c, "answer GET /capacity there, over https, from "
			     "where the validator is; or go on asking for "
			     "work");
	}
}

static void
check_banned(const struct miner_facts *f, struct check *c)
{
	c->name = "banned";
	if (!has(f, "banned_at")) {
		check_ok(c, "no");
		return;
	}
	check_fail(c, "since %s: %.200s", when(f, "banned_at").text,
	    has(f, "ban_reason") ? text_of(f, "ban_reason")
				 : "no reason given");
	check_fix(c, "run: subnetctl miners unban %s", text_of(f, "hotkey"));
}

static void
check_audits(const struct miner_facts *f, struct check *c)
{
	c->name = "audits";
	if (pg_int(f->row, 0, "failed_audits") == 0) {
		check_ok(c, "none failed that still counts");
		return;
	}
	check_fail(c, "%s failed, and count until %s",
	    text_of(f, "failed_audits"), when(f, "audits_until").text);
	check_fix(c, "do jobs with a seed exactly as they are; this passes at "
		     "that time (validator.audit_penalty)");
}

static void
check_breaker(const struct miner_facts *f, int64_t now_us, struct check *c)
{
	c->name = "failures";
	if (is_later(f, "ejected_until", now_us)) {
		check_fail(c,
		    "it is out until %s, having failed %s times in "
		    "a row",
		    when(f, "ejected_until").text, text_of(f, "streak"));
		check_fix(c, "see why below; it comes back by itself, one "
			     "attempt at a time");
	} else if (has(f, "ejected_until")) {
		check_warn(c, "it is on trial since %s: one attempt at a time",
		    when(f, "ejected_until").text);
		check_fix(c, "deliver one");
	} else {
		check_ok(c, "it is not out; %.3g recent failures count",
		    pg_real(f->row, 0, "failures"));
	}
}

static void
check_capacity(const struct miner_facts *f, struct check *c)
{
	char list[256] = "";
	size_t len = 0;

	c->name = "capacity";
	for (int i = 0; i < PQntuples(f->lanes); i++) {
		if (pg_is_null(f->lanes, i, "said") ||
		    strcmp(pg_text(f->lanes, i, "said"), "0") == 0 ||
		    strcmp(pg_text(f->lanes, i, "said"), "false") == 0)
			continue;
		if (len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len,
			    "%s%s %s", len > 0 ? ", " : "",
			    pg_text(f->lanes, i, "key"),
			    pg_text(f->lanes, i, "said"));
	}
	if (len > 0) {
		check_ok(c, "%s", list);
		return;
	}
	check_fail(c, "it takes none of the subnet's kinds");
	check_fix(c, "name kinds and how many at once in the answer to "
		     "GET /capacity");
}

void
miner_facts_check(
    const struct miner_facts *f, int64_t now_us, struct check *checks)
{
	check_registered(f, &checks[0]);
	check_door(f, &checks[1]);
	check_answers(f, now_us, &checks[2]);
	check_banned(f, &checks[3]);
	check_audits(f, &checks[4]);
	check_breaker(f, now_us, &checks[5]);
	check_capacity(f, &checks[6]);
}
