/*
 * Doctor: this machine. Names that are to be found, room on its disks, who
 * sets its clock, and whether what stops us waits long enough.
 */
#include <curl/curl.h>
#include <glob.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include "common/buf.h"
#include "common/config.h"
#include "common/config_parse.h"
#include "common/xalloc.h"
#include "subnetctl/check.h"

/* -- names ----------------------------------------------------------------- */

/* The host of a URL, if it is a name that must be looked up; the caller frees.
 * NULL: an address, or no URL. */
static char *
name_of(const char *url)
{
	struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST};
	struct addrinfo *found = NULL;
	CURLU *parsed = curl_url();
	char *part = NULL, *name = NULL;

	/* Of "unix:/run/redis.sock" libcurl would take "run" for a host, of
	 * "postgresql:///name" "name". */
	if (strstr(url, "://") != NULL && strstr(url, ":///") == NULL &&
	    curl_url_set(parsed, CURLUPART_URL, url,
		CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_HOST, &part, 0) == CURLUE_OK &&
	    part[0] != '[' && getaddrinfo(part, NULL, &numeric, &found) != 0)
		name = xstrdup(part);
	if (found != NULL)
		freeaddrinfo(found);
	curl_free(part);
	curl_url_cleanup(parsed);
	return name;
}

/* NULL if it is found, else why not. */
static const char *
look_up(const char *name)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	int rc = getaddrinfo(name, NULL, &hints, &found);

	if (found != NULL)
		freeaddrinfo(found);
	return rc == 0 ? NULL : gai_strerror(rc);
}

void
check_names(struct check *c, const struct check_name *names, size_t n)
{
	struct buf found = {0};
	const char *why = NULL;

	c->name = "names";
	for (size_t i = 0; i < n && why == NULL; i++) {
		char *name = name_of(names[i].url);

		if (name == NULL)
			continue;
		why = look_up(name);
		buf_printf(&found, "%s%s", found.len > 0 ? ", " : "", name);
		if (why != NULL) {
			check_fail(c, "%s (%s): %s", name, names[i].key, why);
			check_fix(c,
			    "correct %s, or the resolver in "
			    "/etc/resolv.conf",
			    names[i].key);
		}
		free(name);
	}
	if (why == NULL && found.len > 0)
		check_ok(c, "%.300s: found", buf_str(&found));
	else if (why == NULL)
		check_ok(c, "addresses only: there is nothing to look up");
	buf_free(&found);
}

/* -- the clock ------------------------------------------------------------- */

void
check_ntp(struct check *c)
{
	struct timex t = {.modes = 0};
	int state = adjtimex(&t);

	c->name = "ntp";
	if (state < 0) {
		check_skip(c, "the kernel does not say who sets the clock");
	} else if (state == TIME_ERROR || (t.status & STA_UNSYNC) != 0) {
		check_warn(c, "nobody keeps this machine's clock");
		check_fix(c, "run: timedatectl set-ntp true");
	} else {
		check_ok(c, "the clock is kept, to %.3f s", t.maxerror / 1e6);
	}
}

/* -- disks ----------------------------------------------------------------- */

static const double gib = 1024.0 * 1024 * 1024;
/* Less is too little, whatever the disk's size; less of it is not much. */
static const double least_gib = 1, little_share = 0.1;

static void
judge_folder(struct check *c, const char *folder, const struct statvfs *v)
{
	double free_gib = (double)v->f_bavail * (double)v->f_frsize / gib;
	double share =
	    v->f_blocks > 0 ? (double)v->f_bavail / (double)v->f_blocks : 1;
	bool has_nodes = v->f_files == 0 || v->f_favail > v->f_files / 100;

	if ((v->f_flag & ST_RDONLY) != 0) {
		check_fail(c, "%s can only be read", folder);
		check_fix(c, "see why in dmesg, then mount it to be written");
		return;
	}
	if (free_gib < least_gib)
		check_fail(c, "%.2f GiB are left for %s", free_gib, folder);
	else if (!has_nodes)
		check_fail(c, "%" PRIu64 " more files fit where %s is",
		    (uint64_t)v->f_favail, folder);
	else if (share < little_share)
		check_warn(c, "%.0f %% of the disk (%.1f GiB) are left for %s",
		    100 * share, free_gib, folder);
	else
		check_ok(c, "%.1f GiB are left for %s", free_gib, folder);
	if (c->result != CHECK_OK)
		check_fix(
		    c, "make room there, or set orchestrator.file_ttl lower");
}

/* The worst of the folders is what is said. */
void
check_disk(struct check *c, const char *const *folders, size_t n)
{
	struct check one = {.name = "disk"};
	struct statvfs v;
	bool found = false;

	c->name = "disk";
	for (size_t i = 0; i < n; i++) {
		if (folders[i][0] == '\0' ||
		    strncmp(folders[i], "s3://", 5) == 0 ||
		    statvfs(folders[i], &v) != 0)
			continue;
		judge_folder(&one, folders[i], &v);
		if (!found || one.result > c->result)
			*c = one;
		found = true;
	}
	if (!found)
		check_skip(
		    c, "no folder of orchestratord's is on this machine");
}

/* -- stopping -------------------------------------------------------------- */

/* Requests at the door have so long when the drain is over; and what it takes
 * to end. */
enum { DOOR_MS = 3000, END_MS = 1000 };

static const char unit[] = "subnetd-orchestratord", unit_family[] = "subnetd-";

/* Where systemd looks for units, the strongest first. */
static const char *const unit_folders[] = {"/etc/systemd/system",
    "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system"};
enum { N_UNIT_FOLDERS = sizeof(unit_folders) / sizeof(unit_folders[0]) };

/* What systemd takes for a unit of time beside those of our own times. */
static const struct {
	const char *suffix;
	int64_t ms;
} spans[] = {{"", 1000}, {"sec", 1000}, {"min", 60000}, {"hr", 3600000}};

static int64_t
span_ms(long n, const char *suffix, size_t len)
{
	char text[40];

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		if (strlen(spans[i].suffix) == len &&
		    strncmp(spans[i].suffix, suffix, len) == 0)
			return n * spans[i].ms;
	}
	snprintf(text, sizeof(text), "%ld%.*s", n, (int)len, suffix);
	return config_parse_ms(text);
}

/* A time span as systemd takes it, "90" or "1min 30s", to the line's end; 0 is
 * for ever there. -1: it is none. */
static int64_t
unit_ms(const char *value)
{
	static const char blanks[] = " \t\r", digits[] = "0123456789";
	int64_t ms = 0;

	value += strspn(value, blanks);
	if (strncmp(value, "infinity", 8) == 0)
		return INT64_MAX;
	do {
		size_t n_digits = strspn(value, digits), len;
		long n = strtol(value, NULL, 10);
		int64_t span;

		if (n_digits == 0 || n_digits > 9)
			return -1;
		value += n_digits;
		value += strspn(value, blanks);
		len = strcspn(value, " \t\r\n0123456789");
		span = span_ms(n, value, len);
		if (span < 0)
			return -1;
		ms += span;
		value += len;
		value += strspn(value, blanks);
	} while (*value != '\0' && *value != '\n');
	return ms != 0 ? ms : INT64_MAX;
}

/* Is this what the line, "key = value", sets? Its value, or NULL. */
static const char *
value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0)
		return NULL;
	line += len + strspn(line + len, " \t");
	return *line == '=' ? line + 1 : NULL;
}

int64_t
check_unit_parse(const char *text)
{
	int64_t ms = -1;

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		const char *value;

		line += *line == '\n';
		value = value_of(line, "TimeoutStopSec");
		if (value == NULL)
			value = value_of(line, "TimeoutSec");
		if (value != NULL)
			ms = unit_ms(value);
	}
	return ms;
}

/* Of the file; was, if it says nothing of it. */
static int64_t
file_ms(const char *path, int64_t was)
{
	char *text = config_read_file(path, NULL);
	int64_t ms = text != NULL ? check_unit_parse(text) : -1;

	free(text);
	return ms >= 0 ? ms : was;
}

/* What is dropped in beside the unit, in the order of folders: the last to
 * speak has its way. */
static int64_t
dropped_ms(const char *root, const char *name, int64_t was)
{
	for (size_t i = N_UNIT_FOLDERS; i-- > 0;) {
		char *pattern = xasprintf(
		    "%s%s/%s.service.d/*.conf", root, unit_folders[i], name);
		glob_t found;

		if (glob(pattern, 0, NULL, &found) == 0) {
			for (size_t k = 0; k < found.gl_pathc; k++)
				was = file_ms(found.gl_pathv[k], was);
			globfree(&found);
		}
		free(pattern);
	}
	return was;
}

int64_t
check_unit_grace_ms(const char *root)
{
	int64_t ms = -1;

	for (size_t i = N_UNIT_FOLDERS; i-- > 0;) {
		char *path =
		    xasprintf("%s%s/%s.service", root, unit_folders[i], unit);

		ms = file_ms(path, ms);
		free(path);
	}
	ms = dropped_ms(root, unit_family, ms);
	return dropped_ms(root, unit, ms);
}

void
check_drain(struct check *c, int64_t drain_ms, int64_t grace_ms)
{
	int64_t least_ms = drain_ms + DOOR_MS + END_MS;

	c->name = "drain";
	if (grace_ms < 0) {
		check_skip(c,
		    "nothing here says how long the supervisor waits; it "
		    "must be more than %.0f s (subnetctl.stop_grace)",
		    least_ms / 1000.0);
	} else if (grace_ms == INT64_MAX) {
		check_ok(c, "the supervisor waits however long it takes");
	} else if (grace_ms < least_ms) {
		check_fail(c,
		    "the supervisor kills after %.0f s; orchestratord may "
		    "take %.0f s to stop",
		    grace_ms / 1000.0, least_ms / 1000.0);
		check_fix(c,
		    "set stop_grace_period (compose) or TimeoutStopSec "
		    "(systemd) to %.0fs, or orchestrator.drain lower",
		    (least_ms + 10000) / 1000.0);
	} else {
		check_ok(c, "it may take %.0f s to stop, and is given %.0f s",
		    least_ms / 1000.0, grace_ms / 1000.0);
	}
}
