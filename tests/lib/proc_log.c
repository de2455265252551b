/* A program's log as it grows. */
#include "tests/lib/proc_log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "tests/lib/proc.h"

enum { CHUNK = 65536, LOOK_AGAIN_MS = 20 };

int
proc_log_open(struct proc_log *log, const char *path)
{
	*log = (struct proc_log){.watch = -1};
	log->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log->fd < 0)
		return -1;
	log->start = lseek(log->fd, 0, SEEK_END);
	log->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (log->watch >= 0)
		inotify_add_watch(log->watch, path, IN_MODIFY);
	return 0;
}

void
proc_log_clear(struct proc_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	if (log->watch >= 0)
		close(log->watch);
	buf_free(&log->text);
	buf_free(&log->line);
}

void
proc_log_read(struct proc_log *log)
{
	ssize_t n;

	do {
		n = pread(log->fd, buf_reserve(&log->text, CHUNK), CHUNK,
		    log->start + (long)log->text.len);
		if (n > 0)
			log->text.len += n;
	} while (n > 0);
}

void
proc_log_wait(struct proc_log *log)
{
	struct pollfd pfd = {log->watch, POLLIN, 0};
	char events[4096];

	poll(&pfd, 1, LOOK_AGAIN_MS);
	while (log->watch >= 0 && read(log->watch, events, sizeof(events)) > 0)
		continue;
}

/* -- lines -------------------------------------------------------------- */

/* Does the line have this word, as a whole? */
static bool
has_pair(const char *line, const char *pair, size_t len)
{
	const char *p = line;

	while ((p = strchr(p, ' ')) != NULL) {
		p++;
		if (strncmp(p, pair, len) == 0 &&
		    (p[len] == '\0' || p[len] == ' '))
			return true;
	}
	return false;
}

bool
proc_log_matches(const char *line, const char *event, const char *pairs)
{
	size_t len = strlen(event);
	const char *p = strchr(line, ' ');

	p = p != NULL ? strchr(p + 1, ' ') : NULL;
	if (p == NULL || strncmp(p + 1, event, len) != 0 ||
	    (p[1 + len] != ' ' && p[1 + len] != '\0'))
		return false;
	p += 1 + len;
	while (pairs != NULL && *pairs != '\0') {
		size_t n = strcspn(pairs, " ");

		if (n > 0 && !has_pair(p, pairs, n))
			return false;
		pairs += n + (pairs[n] == ' ');
	}
	return true;
}

const char *
proc_log_next(struct proc_log *log, const char *event, const char *pairs)
{
	while (log->cursor < log->text.len) {
		const char *line = (char *)log->text.data + log->cursor;
		const char *end =
		    memchr(line, '\n', log->text.len - log->cursor);

		if (end == NULL)
			return NULL;
		log->cursor += end - line + 1;
		buf_reset(&log->line);
		buf_add(&log->line, line, end - line);
		if (proc_log_matches(buf_str(&log->line), event, pairs))
			return buf_str(&log->line);
	}
	return NULL;
}

void
proc_log_skip(struct proc_log *log)
{
	const char *text = (char *)log->text.data;
	const char *end =
	    log->text.len > 0 ? memrchr(text, '\n', log->text.len) : NULL;

	if (end != NULL)
		log->cursor = end - text + 1;
}

void
proc_log_show(struct proc_log *log, size_t n_lines)
{
	const char *text = buf_str(&log->text);
	const char *from = text + log->text.len;

	for (n_lines++; from > text && n_lines > 0; n_lines--) {
		do
			from--;
		while (from > text && *from != '\n');
	}
	fprintf(stderr, "%s%s\n", from == text ? "" : "...", from);
}

int
proc_value(const char *line, const char *key, char *out, size_t size)
{
	size_t len = strlen(key);
	const char *p = line;

	while ((p = strchr(p, ' ')) != NULL) {
		p++;
		if (strncmp(p, key, len) != 0 || p[len] != '=')
			continue;
		p += len + 1;
		len = *p == '"' ? strcspn(++p, "\"") : strcspn(p, " ");
		if (len >= size)
			return -1;
		memcpy(out, p, len);
		out[len] = '\0';
		return 0;
	}
	return -1;
}
