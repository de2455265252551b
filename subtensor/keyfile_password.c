/* Where the password of a sealed key file comes from. */
#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "subtensor/keyfile_impl.h"

/* With a newline behind it, and longer than any that is taken. */
enum { MAX_PASSWORD_FILE = KEYFILE_MAX_PASSWORD + 2 };

char *
keyfile_password_name(const char *path)
{
	char *here = path[0] != '/' ? getcwd(NULL, 0) : NULL;
	char *name = xasprintf("BT_PW_%s%s%s", here != NULL ? here : "",
	    here != NULL ? "/" : "", path);

	free(here);
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '/' || *c == '.' ? '_' : toupper((unsigned char)*c);
	return name;
}

long
keyfile_password_unmask(
    const char *name, const char *value, uint8_t password[KEYFILE_MAX_PASSWORD])
{
	size_t len, name_len = strlen(name);
	const char *end;

	if (name_len == 0 ||
	    sodium_base642bin(password, KEYFILE_MAX_PASSWORD, value,
		strlen(value), NULL, &len, &end,
		sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    *end != '\0')
		return -1;
	for (size_t i = 0; i < len; i++)
		password[i] ^= (uint8_t)name[i % name_len];
	return len;
}

/* The variable's value; NULL if it is not set, or empty. */
static char *
find_variable(const char *path)
{
	char *name = keyfile_password_name(path);
	char *value = getenv(name);

	free(name);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

bool
keyfile_password_is_set(const char *path)
{
	return find_variable(path) != NULL;
}

void
keyfile_password_forget(const char *path)
{
	char *name = keyfile_password_name(path), *value = find_variable(path);

	if (value != NULL)
		sodium_memzero(value, strlen(value));
	unsetenv(name);
	free(name);
}

static uint8_t *
from_file(const char *password_file, size_t *len, struct err *err)
{
	uint8_t *text =
	    keyfile_read(password_file, true, MAX_PASSWORD_FILE, len, err);

	if (text == NULL)
		return NULL;
	if (*len > 0 && text[*len - 1] == '\n')
		--*len;
	if (*len > 0 && text[*len - 1] == '\r')
		--*len;
	if (*len > 0 && *len <= KEYFILE_MAX_PASSWORD)
		return text;
	err_set(err, "%s holds no password of 1 to %d bytes", password_file,
	    KEYFILE_MAX_PASSWORD);
	sodium_free(text);
	return NULL;
}

static uint8_t *
from_variable(const char *path, size_t *len, struct err *err)
{
	char *name = keyfile_password_name(path);
	const char *value = find_variable(path);
	uint8_t *password = keyfile_memory(KEYFILE_MAX_PASSWORD);
	long n = -1;

	if (password == NULL)
		err_set(err, "sodium_malloc: out of memory");
	else if (value == NULL)
		err_set(err,
		    "it is sealed: give its password in a file or in "
		    "the variable %.200s",
		    name);
	else if ((n = keyfile_password_unmask(name, value, password)) <= 0)
		err_set(
		    err, "the variable %.200s holds no masked password", name);
	free(name);
	if (n > 0) {
		*len = n;
		return password;
	}
	sodium_free(password);
	return NULL;
}

uint8_t *
keyfile_password(
    const char *path, const char *password_file, size_t *len, struct err *err)
{
	return password_file != NULL ? from_file(password_file, len, err)
				     : from_variable(path, len, err);
}
