/*
 * Names in a folder, which is split by the ids' last two digits (their first
 * are the time, and would fill one folder after the other); and what of it is
 * thrown away: temporary files that nobody writes any more, and, in a spool,
 * files that were there for long, or are the oldest where there is no room.
 */
#include "common/blobs_impl.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/err.h"
#include "common/xalloc.h"

void
blobs_name(const char *id, const char *sha256, char out[BLOB_NAME])
{
	snprintf(out, BLOB_NAME, "%.2s/%.36s.%.16s", id + 34, id, sha256);
}

char *
blobs_path(const struct blobs *blobs, const char *id, const char *sha256)
{
	char name[BLOB_NAME];

	blobs_name(id, sha256, name);
	return xasprintf("%s/%s", blobs->folder, name);
}

int
blobs_make_folder(const char *path, struct err *err)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	return err_set(err, "cannot make %s: %s", path, strerror(errno));
}

int
blobs_make_place(const struct blobs *blobs, const char *id, struct err *err)
{
	char *folder = xasprintf("%s/%.2s", blobs->folder, id + 34);
	int failed = blobs_make_folder(folder, err);

	free(folder);
	return failed;
}

/* Of what is free, the part that root alone may fill is not. */
int
blobs_disk(
    const struct blobs *blobs, uint64_t *free_bytes, uint64_t *size_bytes)
{
	struct statvfs disk;

	if (statvfs(blobs->folder, &disk) != 0)
		return -1;
	*free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
	*size_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
	return 0;
}

/* -- what is thrown away ------------------------------------------------ */

struct found {
	char *path;
	uint64_t bytes;
	int64_t changed_s;
};

struct list {
	struct found *items;
	size_t n, room;
};

static void
add(struct list *list, const char *path, const struct stat *st)
{
	if (list->n == list->room) {
		list->room = list->room > 0 ? 2 * list->room : 64;
		list->items =
		    xrealloc(list->items, list->room, sizeof(*list->items));
	}
	list->items[list->n++] =
	    (struct found){xstrdup(path), (uint64_t)st->st_size, st->st_mtime};
}

static void
list_free(struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].path);
	free(list->items);
}

/* The files of one folder; in the upper one, only what is half written. */
static void
look(const char *folder, bool is_upper, struct list *list)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	struct stat st;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		char *path;

		if (e->d_name[0] == '.' ||
		    (is_upper && strncmp(e->d_name, "tmp.", 4) != 0))
			continue;
		path = xasprintf("%s/%s", folder, e->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			add(list, path, &st);
		free(path);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
look_at_places(const struct blobs *blobs, struct list *list)
{
	for (int i = 0; i < 256; i++) {
		char *folder = xasprintf("%s/%02x", blobs->folder, i);

		look(folder, false, list);
		free(folder);
	}
}

static int
by_age(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->changed_s > y->changed_s) - (x->changed_s < y->changed_s);
}

static void
remove_left(struct blobs *blobs, int64_t now_s)
{
	struct list list = {0};

	look(blobs->folder, true, &list);
	for (size_t i = 0; i < list.n; i++) {
		if (now_s - list.items[i].changed_s > BLOB_LEFT_S)
			unlink(list.items[i].path);
		else
			blobs->used += list.items[i].bytes;
	}
	list_free(&list);
}

static void
remove_old(struct blobs *blobs, uint64_t room, int64_t now_s)
{
	struct list list = {0};

	look_at_places(blobs, &list);
	for (size_t i = 0; i < list.n; i++)
		blobs->used += list.items[i].bytes;
	if (list.n > 0)
		qsort(list.items, list.n, sizeof(*list.items), by_age);
	for (size_t i = 0; i < list.n; i++) {
		if (now_s - list.items[i].changed_s <= BLOB_SPOOL_S &&
		    blobs->used + room <= blobs->spool_bytes)
			break;
		if (unlink(list.items[i].path) == 0)
			blobs->used -= list.items[i].bytes;
	}
	list_free(&list);
}

void
blobs_sweep(struct blobs *blobs, uint64_t room, int64_t now_s)
{
	blobs->used = 0;
	remove_left(blobs, now_s);
	if (blobs->s3 != NULL)
		remove_old(blobs, room, now_s);
}
