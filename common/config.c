/*
 * Configuration: a table of keys, three sources, one value each.
 *
 * Every value is checked where it is read, so the getters cannot fail. The
 * sources are walked weakest first and each simply overwrites.
 */
#include "common/config.h"

#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/config_parse.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"

enum { MAX_KEYS = 128 };

static const char default_file[] = "/etc/subnetd/subnetd.ini";

/* The sections of the suite's file; of those of other programs, a program
 * minds the keys that its own table names, too. */
static const char *const program_sections[] = {
    "orchestrator", "validator", "weightsetter", "signer", "subnetctl", NULL};

/* Upstream keys that mean nothing here, by prefix: said, then passed over. */
static const char *const ignored_flags[] = {"axon.", "wandb.", "neuron.", NULL};
static const char *const ignored_env[] = {"ENVIRONMENT", "WANDB_MODE",
    "GOOGLE_APPLICATION_CREDENTIALS", "BT_AXON_", NULL};

struct value {
	const struct config_key *key;
	char *text;   /* as given; "@/path" stays so */
	char *loaded; /* what stands in that file, or NULL */
	int64_t number;
	double real;
};

struct config {
	struct config_request request;
	struct value values[MAX_KEYS];
	size_t n;
	char *file;
	bool file_named;
	bool check_only, print;
	char **rest;
};

static struct value *
value_of(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->values[i].key->name, name) == 0)
			return (struct value *)&c->values[i];
	}
	return NULL;
}

/* As value_of, with the program's own section left out. */
static struct value *
value_of_flag(const struct config *c, const char *name)
{
	struct value *v = value_of(c, name);
	char *full;

	if (v != NULL)
		return v;
	full = xasprintf("%s.%s", c->request.section, name);
	v = value_of(c, full);
	free(full);
	return v;
}

static const char *
nearest(const struct config *c, const char *name)
{
	const char *best = "netuid";
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < c->n; i++) {
		const char *full = c->values[i].key->name;
		const char *dot = strchr(full, '.');
		size_t d = config_distance(name, full);
		size_t d2 = dot ? config_distance(name, dot + 1) : SIZE_MAX;

		if (d2 < d)
			d = d2;
		if (d < least) {
			least = d;
			best = full;
		}
	}
	return best;
}

static int
set_value(struct value *v, const char *text, const char *from, struct err *err)
{
	char *loaded = NULL;
	const char *what = text;

	if (v->key->type == CONFIG_SECRET && text[0] != '\0' && text[0] != '@')
		return err_set(err,
		    "%s (%s): a secret is given as @/path of a file",
		    v->key->name, from);
	if (text[0] == '@') {
		loaded = config_read_file(text + 1, err);
		if (loaded == NULL)
			return err_wrap(err, "%s (%s)", v->key->name, from);
		what = loaded;
	}
	if (config_check(v->key, what, &v->number, &v->real, err) != 0) {
		free(loaded);
		return err_wrap(err, "%s (%s)", v->key->name, from);
	}
	free(v->text);
	free(v->loaded);
	v->text = xstrdup(text);
	v->loaded = loaded;
	return 0;
}

static bool
is_ignored(const char *const *prefixes, const char *name)
{
	for (; *prefixes != NULL; prefixes++) {
		if (strncmp(*prefixes, name, strlen(*prefixes)) == 0)
			return true;
	}
	return false;
}

static int
add_keys(struct config *c, const struct config_key *keys, struct err *err)
{
	for (; keys->name != NULL; keys++) {
		struct value *v = &c->values[c->n++];

		if (c->n > MAX_KEYS)
			abort();
		v->key = keys;
		if (keys->fallback != NULL &&
		    set_value(v, keys->fallback, "default", err) != 0)
			return -1;
	}
	return 0;
}

/* -- the file ----------------------------------------------------------- */

struct file_walk {
	struct config *c;
	struct err *err;
	bool failed;
};

static bool
is_foreign_section(const struct config *c, const char *section)
{
	for (int i = 0; program_sections[i] != NULL; i++) {
		if (strcmp(section, program_sections[i]) == 0)
			return strcmp(section, c->request.section) != 0;
	}
	return false;
}

static int
on_file_line(void *arg, const char *section, const char *name, const char *text)
{
	struct file_walk *walk = arg;
	struct value *v;
	char *full;

	if (walk->failed)
		return 1;
	full = section[0] != '\0' ? xasprintf("%s.%s", section, name)
				  : xstrdup(name);
	v = value_of(walk->c, full);
	if (v == NULL && is_foreign_section(walk->c, section)) {
		free(full);
		return 1;
	}
	if (v == NULL) {
		err_set(walk->err, "%s: unknown key \"%s\"; did you mean %s?",
		    walk->c->file, full, nearest(walk->c, full));
		walk->failed = true;
	} else if (set_value(v, text, walk->c->file, walk->err) != 0) {
		walk->failed = true;
	}
	free(full);
	return 1;
}

static int
read_file(struct config *c, struct err *err)
{
	struct file_walk walk = {c, err, false};
	char *text;
	int line;

	if (!c->file_named && access(c->file, F_OK) != 0)
		return 0;
	text = config_read_file(c->file, err);
	if (text == NULL || config_check_lines(c->file, text, err) != 0) {
		free(text);
		return -1;
	}
	line = ini_parse_string(text, on_file_line, &walk);
	free(text);
	if (walk.failed)
		return -1;
	if (line < 0)
		return err_set(err, "cannot read %s", c->file);
	if (line > 0)
		return err_set(
		    err, "%s:%d: not \"key = value\"", c->file, line);
	return 0;
}

/* -- the environment ---------------------------------------------------- */

static const char *
env_get(char **env, const char *name, size_t len)
{
	for (; *env != NULL; env++) {
		if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
			return *env + len + 1;
	}
	return NULL;
}

static int
read_env_of(struct config *c, struct value *v, struct err *err)
{
	char own[128];
	const char *text, *p = v->key->env != NULL ? v->key->env : "";

	while (*p != '\0') {
		size_t len = strcspn(p, " ");

		text = env_get(c->request.env, p, len);
		snprintf(own, sizeof(own), "%.*s", (int)len, p);
		if (text != NULL && text[0] != '\0' &&
		    set_value(v, text, own, err) != 0)
			return -1;
		p += len + (p[len] == ' ');
	}
	config_env_name(v->key->name, own, sizeof(own));
	text = env_get(c->request.env, own, strlen(own));
	return text != NULL ? set_value(v, text, own, err) : 0;
}

/* Is there a key in this section, and is it not another program's? */
static bool
is_own_section(const struct config *c, const char *section)
{
	size_t len = strlen(section);

	for (size_t i = 0; i < c->n; i++) {
		const char *name = c->values[i].key->name;

		if (strncmp(name, section, len) == 0 && name[len] == '.')
			return !is_foreign_section(c, section);
	}
	return false;
}

/* SUBNETD_SIGNER_SOCKET as "signer.socket". The caller frees; NULL if it is
 * named after no section of ours. */
static char *
key_of_variable(const struct config *c, const char *pair)
{
	static const char prefix[] = "SUBNETD_";
	char *name, *dot;

	if (strncmp(pair, prefix, strlen(prefix)) != 0)
		return NULL;
	name = xstrndup(
	    pair + strlen(prefix), strcspn(pair, "=") - strlen(prefix));
	for (char *p = name; *p != '\0'; p++)
		*p = tolower((unsigned char)*p);
	dot = strchr(name, '_');
	if (dot != NULL)
		*dot = '\0';
	if (dot == NULL || !is_own_section(c, name)) {
		free(name);
		return NULL;
	}
	*dot = '.';
	return name;
}

/* A variable of one of our sections names a key. */
static int
check_variable(const struct config *c, const char *pair, struct err *err)
{
	char *name = key_of_variable(c, pair), own[128];
	int failed = 0;

	if (name != NULL && value_of(c, name) == NULL) {
		config_env_name(nearest(c, name), own, sizeof(own));
		failed = err_set(err, "unknown variable %.*s; did you mean %s?",
		    (int)strcspn(pair, "="), pair, own);
	}
	free(name);
	return failed;
}

static int
read_env(struct config *c, struct err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		if (read_env_of(c, &c->values[i], err) != 0)
			return -1;
	}
	for (char **e = c->request.env; *e != NULL; e++) {
		if (check_variable(c, *e, err) != 0)
			return -1;
		if (is_ignored(ignored_env, *e))
			log_warn("config.ignored",
			    "variable=%.*s why=\"means nothing here\"",
			    (int)strcspn(*e, "="), *e);
	}
	return 0;
}

/* -- the flags ---------------------------------------------------------- */

/* --name=value, --name value; a boolean may stand alone. Returns how many
 * arguments were used, or -1. */
static int
read_flag(struct config *c, char **argv, struct err *err)
{
	static const char from[] = "command line"; /* not what it says */
	const char *arg = argv[0] + 2, *eq = strchr(arg, '=');
	char *name = eq ? xstrndup(arg, eq - arg) : xstrdup(arg);
	struct value *v = value_of_flag(c, name);
	const char *text = eq ? eq + 1 : argv[1];
	int used = eq ? 1 : 2;
	bool alone = !eq && (argv[1] == NULL || argv[1][0] == '-');

	if (v == NULL && is_ignored(ignored_flags, name)) {
		log_warn("config.ignored",
		    "flag=--%s why=\"means nothing here\"", name);
		used = eq || alone ? 1 : 2;
	} else if (v == NULL) {
		used = err_set(err, "unknown flag --%s; did you mean --%s?",
		    name, nearest(c, name));
	} else if (v->key->type == CONFIG_BOOL && !eq) {
		used = set_value(v, "yes", from, err) != 0 ? -1 : 1;
	} else if (text == NULL) {
		used = err_set(err, "--%s wants a value", name);
	} else if (set_value(v, text, from, err) != 0) {
		used = -1;
	}
	free(name);
	return used;
}

static int
read_flags(struct config *c, struct err *err)
{
	char **argv = c->request.argv + 1;

	while (*argv != NULL) {
		int used = 1;

		if (strcmp(*argv, "--") == 0) {
			argv++;
			break;
		}
		if (strcmp(*argv, "-c") == 0 && argv[1] != NULL)
			used = 2;
		else if (strcmp(*argv, "-n") == 0)
			c->check_only = true;
		else if (strcmp(*argv, "-p") == 0)
			c->print = true;
		else if (strncmp(*argv, "--", 2) == 0)
			used = read_flag(c, argv, err);
		else if ((*argv)[0] == '-')
			return err_set(
			    err, "unknown flag %s; see --help", *argv);
		else
			break;
		if (used < 0)
			return -1;
		argv += used;
	}
	c->rest = argv;
	return 0;
}

/* -c must be known before the file is read, and so before the flags are. */
static void
find_file(struct config *c)
{
	const char *named = env_get(c->request.env, "SUBNETD_CONFIG", 14);

	for (char **a = c->request.argv + 1; *a != NULL; a++) {
		if (strcmp(*a, "-c") == 0 && a[1] != NULL)
			named = a[1];
	}
	c->file = xstrdup(named != NULL ? named : default_file);
	c->file_named = named != NULL;
}

/* -- all of it ---------------------------------------------------------- */

static int
read_all(struct config *c, struct err *err)
{
	if (add_keys(c, config_common_keys, err) != 0 ||
	    add_keys(c, c->request.keys, err) != 0)
		return -1;
	find_file(c);
	if (read_file(c, err) != 0 || read_env(c, err) != 0 ||
	    read_flags(c, err) != 0)
		return -1;
	for (size_t i = 0; i < c->n; i++) {
		if (c->values[i].text == NULL)
			return err_set(err, "%s must be set: %s",
			    c->values[i].key->name, c->values[i].key->help);
	}
	return 0;
}

static void
print_help(const struct config *c)
{
	printf("usage: %s [-c FILE] [-n] [-p] [--keys] [--key value ...]\n\n"
	       "  -c FILE    configuration (default %s)\n"
	       "  -n         check the configuration and exit\n"
	       "  -p         print the effective configuration and exit\n\n",
	    c->request.program, default_file);
	for (size_t i = 0; i < c->n; i++) {
		const struct config_key *k = c->values[i].key;

		printf("  --%-28s %s%s%s%s\n", k->name, k->help,
		    k->fallback && k->fallback[0] ? " (" : "",
		    k->fallback ? k->fallback : "",
		    k->fallback && k->fallback[0] ? ")" : "");
	}
}

static void
print_values(const struct config *c)
{
	char section[64] = "";

	/* inih knows no way back to "no section", so those keys come first. */
	for (size_t i = 0; i < c->n; i++) {
		if (strchr(c->values[i].key->name, '.') == NULL)
			printf("%s = %s\n", c->values[i].key->name,
			    c->values[i].text);
	}
	for (size_t i = 0; i < c->n; i++) {
		const char *name = c->values[i].key->name;
		const char *dot = strchr(name, '.');

		if (dot == NULL)
			continue;
		if (strncmp(section, name, dot - name) != 0 ||
		    section[dot - name] != '\0') {
			snprintf(section, sizeof(section), "%.*s",
			    (int)(dot - name), name);
			printf("\n[%s]\n", section);
		}
		printf("%s = %s\n", dot + 1, c->values[i].text);
	}
}

/* A line a key, as programs read it: the names are those of the header, the
 * bounds numbers or milliseconds. "-" is a key that somebody must set. */
static void
print_keys(const struct config *c)
{
	static const char *const types[] = {
	    "string", "int", "real", "bool", "ms", "secret"};

	for (size_t i = 0; i < c->n; i++) {
		const struct config_key *k = c->values[i].key;

		printf("%s\t%s\t%s\t%.15g\t%.15g\t%s\t%s\t%s\n", k->name,
		    types[k->type], k->fallback != NULL ? k->fallback : "-",
		    k->min, k->max, k->reloadable ? "yes" : "no",
		    k->env != NULL ? k->env : "", k->help);
	}
}

static bool
wants(const struct config_request *request, const char *flag)
{
	for (char **a = request->argv + 1; *a != NULL; a++) {
		if (strcmp(*a, flag) == 0)
			return true;
	}
	return false;
}

enum config_action
config_load(const struct config_request *request, struct config **config,
    struct err *err)
{
	struct config *c = xcalloc(1, sizeof(*c));

	c->request = *request;
	if (wants(request, "--version")) {
		printf("%s %s\n", request->program, SUBNETD_VERSION);
		*config = c;
		return CONFIG_EXIT_OK;
	}
	if (wants(request, "--help") || wants(request, "--keys")) {
		add_keys(c, config_common_keys, NULL);
		add_keys(c, request->keys, NULL);
		if (wants(request, "--keys"))
			print_keys(c);
		else
			print_help(c);
		*config = c;
		return CONFIG_EXIT_OK;
	}
	if (read_all(c, err) != 0) {
		config_free(c);
		return CONFIG_EXIT_BAD;
	}
	if (c->print)
		print_values(c);
	*config = c;
	return c->print || c->check_only ? CONFIG_EXIT_OK : CONFIG_RUN;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++) {
		free(c->values[i].text);
		free(c->values[i].loaded);
	}
	free(c->file);
	free(c);
}

static void
swap_values(struct value *a, struct value *b)
{
	struct value t = *a;

	*a = *b;
	*b = t;
}

int
config_reload(struct config *c,
    void (*on_change)(const char *key, bool taken, void *arg), void *arg,
    struct err *err)
{
	struct config *fresh = xcalloc(1, sizeof(*fresh));

	fresh->request = c->request;
	if (read_all(fresh, err) != 0) {
		config_free(fresh);
		return -1;
	}
	for (size_t i = 0; i < c->n; i++) {
		struct value *old = &c->values[i], *new = &fresh->values[i];
		const char *was = old->loaded ? old->loaded : old->text;
		const char *is = new->loaded ? new->loaded : new->text;

		if (strcmp(was, is) == 0)
			continue;
		if (old->key->reloadable)
			swap_values(old, new);
		on_change(old->key->name, old->key->reloadable, arg);
	}
	config_free(fresh);
	return 0;
}

/* -- asking ------------------------------------------------------------- */

static const struct value *
must(const struct config *c, const char *key)
{
	const struct value *v = value_of(c, key);

	if (v == NULL) {
		log_fatal("config.no_such_key", "key=%s", key);
		abort();
	}
	return v;
}

char **
config_rest(const struct config *c)
{
	return c->rest;
}

const char *
config_str(const struct config *c, const char *key)
{
	const struct value *v = must(c, key);

	return v->loaded != NULL ? v->loaded : v->text;
}

int64_t
config_int(const struct config *c, const char *key)
{
	return must(c, key)->number;
}

double
config_real(const struct config *c, const char *key)
{
	return must(c, key)->real;
}

bool
config_bool(const struct config *c, const char *key)
{
	return must(c, key)->number != 0;
}

int64_t
config_ms(const struct config *c, const char *key)
{
	return must(c, key)->number;
}

bool
config_is_set(const struct config *c, const char *key)
{
	return config_str(c, key)[0] != '\0';
}

char **
config_list(const struct config *c, const char *key)
{
	const char *p = config_str(c, key);
	char **list = NULL;
	size_t n = 0;

	for (;;) {
		size_t len;

		p += strspn(p, ", \t");
		len = strcspn(p, ", \t");
		list = xrealloc(list, n + 1, sizeof(*list));
		list[n++] = len > 0 ? xstrndup(p, len) : NULL;
		if (len == 0)
			return list;
		p += len;
	}
}

void
config_list_free(char **list)
{
	if (list == NULL)
		return;
	for (char **p = list; *p != NULL; p++)
		free(*p);
	free(list);
}
