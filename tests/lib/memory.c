/* Reading /proc/PID/mem by the mappings in /proc/PID/maps. */
#include "tests/lib/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xalloc.h"

/* Mappings beyond MAX_MAPPING are a sanitizer's shadow, which holds nothing of
 * the program's. */
enum { PIECE = 1 << 20, MAX_NEEDLE = 256 };
static const uint64_t max_mapping = (uint64_t)4 << 30;

static int
open_proc(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void
search_piece(
    const uint8_t *data, size_t len, struct memory_needle *needles, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *at = data, *end = data + len;

		while ((at = memmem(at, end - at, needles[i].data,
			    needles[i].len)) != NULL) {
			needles[i].found++;
			at++;
		}
	}
}

/* Pieces overlap by less than the longest needle, so that none is cut; a
 * shorter one there may be counted twice. */
static long
search_mapping(int fd, uint64_t from, uint64_t to, uint8_t *piece,
    struct memory_needle *needles, size_t n)
{
	long total = 0;

	while (from < to) {
		size_t want = to - from < PIECE ? to - from : PIECE;
		ssize_t got = pread(fd, piece, want, (off_t)from);

		if (got <= 0)
			return total; /* [vvar] and what has just gone */
		search_piece(piece, got, needles, n);
		total += got;
		if (got <= MAX_NEEDLE || from + got >= to)
			return total;
		from += got - MAX_NEEDLE;
	}
	return total;
}

long
memory_search(pid_t pid, struct memory_needle *needles, size_t n)
{
	int fd = open_proc(pid, "mem"), maps_fd = open_proc(pid, "maps");
	FILE *maps = maps_fd >= 0 ? fdopen(maps_fd, "r") : NULL;
	uint8_t *piece = xmalloc(PIECE);
	char line[1024], right;
	unsigned long from, to;
	long total = fd >= 0 && maps != NULL ? 0 : -1;

	for (size_t i = 0; i < n; i++)
		needles[i].found = 0;
	while (total >= 0 && fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %c", &from, &to, &right) != 3 ||
		    right != 'r' || to - from > max_mapping)
			continue;
		total += search_mapping(fd, from, to, piece, needles, n);
	}
	free(piece);
	if (maps != NULL)
		fclose(maps);
	if (fd >= 0)
		close(fd);
	return total;
}

long
memory_status(pid_t pid, const char *name)
{
	int fd = open_proc(pid, "status");
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
	size_t len = strlen(name);
	char line[256];
	long kib = -1;

	while (f != NULL && kib < 0 && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			kib = strtol(line + len + 1, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return kib;
}

int
memory_open_error(pid_t pid)
{
	int fd = open_proc(pid, "mem");

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}
