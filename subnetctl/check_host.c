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

/* The folder is there, and has little room: true, and the check says so. */
static bool
judge_folder(struct check *c, const char *folder, const struct statvfs *v)
{
	double free_gib = (double)v->f_bavail * (double)v->f_frsize / gib;
	double share =
	    v->f_blocks > 0 ? (double)v->f_bavail / (double)v->f_blocks : 1;
	bool has_nodes = v->f_files == 0 || v->f_favail > v->f_files / 100;

	if (free_gib < least_gib)
		check_fail(c, "%.2f GiB are left for %s", free_gib, folder);
	else if (!has_nodes)
		check_fail(c, "%" PRIu64 " more files fit where %s is",
		    (uint64_t)v->f_favail, folder);
	else if (share < little_share)
		check_warn(c, "%.0f %% of the disk (%.1f GiB) are left for %s",
		    100 * share, free_gib, folder);
	else
		return false;
	check_fix(c, "make room there, or set orchestrator.file_ttl lower");
	return true;
}

void
check_disk(struct check *c, const char *const *folders, size_t n)
{
	struct statvfs v;
	bool found = false;

	c->name = "disk";
	for (size_t i = 0; i < n; i++) {
		if (folders[i][0] == '\0' ||
		    strncmp(folders[i], "s3://", 5) == 0 ||
		    statvfs(folders[i], &v) != 0)
			continue;
		if (judge_folder(c, folders[i], &v))
			return;
		if (!found)
			check_ok(c, "%.1f GiB are left for %s",
			    (double)v.f_bavail * (double)v.f_frsize / gib,
			    folders[i]);
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

/* "90", "40s", "1min 30s" and "infinity" are what systemd takes; the first two
 * are what ours say. */
static int64_t
unit_ms(const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || n < 0)
		return -1;
	if (*end == '\0' || strcmp(end, "s") == 0 || strcmp(end, "sec") == 0)
		return n * 1000L;
	return strcmp(end, "min") == 0 ? n * 60000L : config_parse_ms(value);
}

int64_t
check_unit_parse(const char *text)
{
	static const char key[] = "TimeoutStopSec=";
	int64_t ms = -1;

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		char value[32];

		line += *line == '\n';
		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		line += strlen(key);
		snprintf(value, sizeof(value), "%.*s",
		    (int)strcspn(line, " \t\r\n"), line);
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
