/* A file with secrets in it, read into locked memory. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "subtensor/keyfile_impl.h"

void *
keyfile_memory(size_t size)
{
	return sodium_init() >= 0 ? sodium_malloc(size) : NULL;
}

/* Does it lie in the folder of systemd's credentials? */
static bool
is_credential(const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	size_t len = folder != NULL ? strlen(folder) : 0;

	return len > 1 && folder[0] == '/' && strncmp(path, folder, len) == 0 &&
	       path[len] == '/' && strchr(path + len + 1, '/') == NULL;
}

/* What nobody may be allowed. systemd lets a service's user read a credential
 * by an access list, whose mask stands where the group's rights do. */
static mode_t
forbidden(const char *path)
{
	return is_credential(path) ? S_IRWXO | S_IWGRP | S_IXGRP
				   : S_IRWXG | S_IRWXO;
}

static int
check_file(int fd, const char *path, bool is_secret, size_t max, size_t *len,
    struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s is not a regular file", path);
	if (is_secret && (st.st_mode & forbidden(path)) != 0)
		return err_set(err,
		    "%s is open to others than its owner (mode %03o); run: "
		    "chmod 600 %s",
		    path, (unsigned)st.st_mode & 0777, path);
	if (st.st_size < 0 || (size_t)st.st_size > max)
		return err_set(err, "%s is longer than %zu bytes", path, max);
	*len = st.st_size;
	return 0;
}

/* Up to size bytes; their number, or -1. */
static ssize_t
read_all(int fd, uint8_t *data, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, data + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += n;
	}
	return len;
}

uint8_t *
keyfile_read(
    const char *path, bool is_secret, size_t max, size_t *len, struct err *err)
{
	uint8_t *data = NULL;
	size_t size = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		err_set(
		    err, "cannot open key file %s: %s", path, strerror(errno));
		return NULL;
	}
	if (check_file(fd, path, is_secret, max, &size, err) == 0) {
		data = keyfile_memory(size > 0 ? size : 1);
		n = data != NULL ? read_all(fd, data, size) : -1;
		if (n < 0) {
			err_set(err, "%s: %s", path, strerror(errno));
			sodium_free(data);
			data = NULL;
		} else {
			*len = n;
		}
	}
	close(fd);
	return data;
}
