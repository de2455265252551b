/*
 * subnetctl engagement task: what clients would pay posts for, and what they
 * have paid. A payment is a row that stays; a wrong one is made good by another
 * with a negative amount.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "sql.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"
#include "subtensor/ss58.h"

enum {
	MAX_TITLE = 200,
	MAX_BRIEF = 4000,
	MAX_NAME = 100,
	MAX_WHOLE = 12, /* digits of an amount */
	MAX_PARTS = 9,	/* and behind its point */
};

/* -- what is given ------------------------------------------------------ */

static int
check_text(const char *what, const char *text, size_t max, struct err *err)
{
	if (text[0] == '\0')
		return err_set(err, "%s is missing", what);
	if (strlen(text) > max)
		return err_set(err, "%s has more than %zu bytes", what, max);
	return 0;
}

/* "12", "-0.5": no exponent, nothing that rounds. */
static bool
is_amount(const char *text)
{
	static const char digits[] = "0123456789";
	size_t whole, parts;

	text += text[0] == '-';
	whole = strspn(text, digits);
	text += whole;
	if (whole == 0 || whole > MAX_WHOLE)
		return false;
	if (text[0] == '\0')
		return true;
	parts = strspn(text + 1, digits);
	return text[0] == '.' && parts > 0 && parts <= MAX_PARTS &&
	       text[1 + parts] == '\0';
}

static int
check_amount(const char *text, struct err *err)
{
	if (is_amount(text) && strpbrk(text, "123456789") != NULL)
		return 0;
	return err_set(err,
	    "\"%s\" is no amount: at most %d digits, and %d behind the point, "
	    "not 0",
	    text, MAX_WHOLE, MAX_PARTS);
}

static int
check_reward(const char *text, struct err *err)
{
	if (is_amount(text) && text[0] != '-')
		return 0;
	return err_set(err, "--reward: \"%s\" is no amount", text);
}

/* "" is null. */
static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

/* -- showing ------------------------------------------------------------ */

/* Its first row. */
static void
show(const struct ctl *ctl, const char *name, const PGresult *res)
{
	if (ctl->json)
		show_json(json_pack("{s:o}", name, show_row(res, 0)));
	else
		show_pairs(res, 0);
}

/* -- the words ---------------------------------------------------------- */

static int
add_task(const struct ctl *ctl)
{
	const char *title = ctl->args[1];
	const char *brief = config_str(ctl->config, "subnetctl.brief");
	const char *platform = config_str(ctl->config, "subnetctl.platform");
	const char *reward = config_str(ctl->config, "subnetctl.reward");
	const char *by = config_str(ctl->config, "subnetctl.by");
	int64_t open_ms = config_ms(ctl->config, "subnetctl.open_for");
	int64_t now_us = clock_wall_us();
	struct pg_params p = {0};
	char id[UUID_TEXT];
	struct err err;
	PGresult *res;

	if (check_text("the title", title, MAX_TITLE, &err) != 0 ||
	    check_text("--by", by, MAX_NAME, &err) != 0 ||
	    check_reward(reward, &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	if (strlen(brief) > MAX_BRIEF || strlen(platform) > MAX_NAME) {
		err_set(&err, "--brief or --platform is too long");
		return ctl_fail(ctl, CTL_USAGE, &err);
	}
	uuid_new(id);
	pg_add_text(&p, id);
	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, title);
	pg_add_text(&p, brief);
	pg_add_text(&p, or_null(platform));
	pg_add_text(&p, reward);
	pg_add_us(&p, now_us);
	pg_add_us(&p, open_ms > 0 ? now_us + open_ms * 1000 : 0);
	pg_add_text(&p, by);
	res = ctl_query(ctl, sql_ctl_task_add, p.n, p.values);
	if (res == NULL)
		return CTL_FAILED;
	show(ctl, "task", res);
	PQclear(res);
	return CTL_OK;
}

static int
list_tasks(const struct ctl *ctl)
{
	struct pg_params p = {0};

	pg_add_text(&p, ctl->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_text(&p, ctl->limit);
	return ctl_list(ctl, "tasks", sql_ctl_task_list, p.n, p.values);
}

static int
check_payment(const struct ctl *ctl, struct err *err)
{
	uint8_t account[32];

	if (!uuid_is_valid(ctl->args[1]))
		return err_set(err, "\"%s\" is no task's id", ctl->args[1]);
	if (ss58_decode_account(ctl->args[2], account) != 0)
		return err_set(
		    err, "\"%s\" is no hotkey's address", ctl->args[2]);
	if (check_amount(ctl->args[3], err) != 0)
		return -1;
	return check_text(
	    "--by", config_str(ctl->config, "subnetctl.by"), MAX_NAME, err);
}

/* What the statement did not do. */
static int
refuse(const struct ctl *ctl, const PGresult *res)
{
	struct err err;

	if (pg_bool(res, 0, "is_known"))
		err_set(&err, "the payment \"%s\" is written down already",
		    config_str(ctl->config, "subnetctl.reference"));
	else
		err_set(&err, "there is no task %s on netuid %s", ctl->args[1],
		    ctl->netuid);
	return ctl_fail(ctl, CTL_REFUSED, &err);
}

static int
pay_task(const struct ctl *ctl)
{
	struct pg_params p = {0};
	char id[UUID_TEXT];
	struct err err;
	PGresult *res;
	int code = CTL_OK;

	if (check_payment(ctl, &err) != 0)
		return ctl_fail(ctl, CTL_USAGE, &err);
	uuid_new(id);
	pg_add_text(&p, id);
	pg_add_text(&p, ctl->netuid);
	pg_add_text(&p, ctl->args[1]);
	pg_add_text(&p, ctl->args[2]);
	pg_add_text(&p, ctl->args[3]);
	pg_add_us(&p, clock_wall_us());
	pg_add_text(&p, config_str(ctl->config, "subnetctl.by"));
	pg_add_text(
	    &p, or_null(config_str(ctl->config, "subnetctl.reference")));
	res = ctl_query(ctl, sql_ctl_task_pay, p.n, p.values);
	if (res == NULL)
		return CTL_FAILED;
	if (pg_is_null(res, 0, "id"))
		code = refuse(ctl, res);
	else
		show(ctl, "payment", res);
	PQclear(res);
	return code;
}

int
ctl_engagement_task(const struct ctl *ctl)
{
	static const struct {
		const char *word;
		size_t n_args;
		int (*run)(const struct ctl *);
	} words[] = {{"add", 2, add_task}, {"list", 1, list_tasks},
	    {"pay", 4, pay_task}};
	struct err err;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(ctl->args[0], words[i].word) == 0 &&
		    ctl->n_args == words[i].n_args)
			return words[i].run(ctl);
	}
	err_set(&err, "engagement task is one of: add TITLE, list, pay TASK "
		      "HOTKEY AMOUNT");
	return ctl_fail(ctl, CTL_USAGE, &err);
}
