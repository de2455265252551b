/* Public keys: what a ...pub.txt says. */
#include <string.h>

#include "common/err.h"
#include "subtensor/keyfile.h"
#include "subtensor/keyfile_impl.h"
#include "subtensor/ss58.h"

/* An address and nothing else. */
static bool
parse_bare_address(const char *text, size_t len, uint8_t public[32])
{
	char address[SS58_MAX_TEXT];

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	return strlen(address) == len &&
	       ss58_decode_account(address, public) == 0;
}

int
keyfile_parse_public(
    const char *text, size_t len, uint8_t public[32], struct err *err)
{
	enum keyfile_form form = keyfile_form(text, len);
	struct keyfile_json json;
	bool is_set = false;
	int ret;

	if (form != KEYFILE_PLAIN)
		return err_set(
		    err, "key file is sealed (%s)", keyfile_form_name(form));
	len = keyfile_trim(text, len);
	if (len == 0)
		return err_set(err, "key file is empty");
	if (parse_bare_address(text, len, public))
		return 0;
	ret = keyfile_json_open(&json, text, len, err);
	if (ret == 0)
		ret = keyfile_json_public(json.root, public, &is_set, err);
	if (ret == 0 && !is_set)
		ret = err_set(err, "key file holds no public key: no "
				   "publicKey, accountId or ss58Address");
	keyfile_json_close(&json);
	return ret;
}
