/*
 * subnetctl engagement claim: a miner's line for its gist, signed by its
 * hotkey; and before there is a post, the code for its caption.
 */
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/http_client.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"
#include "subnetctl/signing.h"
#include "subtensor/networks.h"
#include "validator/claim_message.h"

/* What a claim is of. The texts of message are these. */
struct words {
	char genesis[2 * 32 + 1];
	char account[CLAIM_ACCOUNT];
	char content[CLAIM_CONTENT]; /* "": there is no post yet */
	char nonce[CLAIM_NONCE];
	char *url; /* NULL: none; curl's rules have been asked */
	struct claim_message message;
};

/* -- what is given ------------------------------------------------------- */

/* As it is told, or of a network that has a name. */
static int
take_genesis(const struct ctl *ctl, struct words *w, struct err *err)
{
	const char *hex = config_str(ctl->config, "subnetctl.genesis");
	const char *name = config_str(ctl->config, "subtensor.network");
	const struct network *network = network_find(name);
	uint8_t bytes[32];

	if (hex[0] == '\0' && (network == NULL || network->genesis == NULL))
		return err_set(err,
		    "the genesis hash of %s is not known: --genesis 0x..",
		    name);
	if (hex[0] == '\0')
		hex = network->genesis;
	if (hex_decode_exact(hex, bytes, sizeof(bytes)) != 0)
		return err_set(err, "--genesis is not 32 bytes in hex");
	hex_encode(bytes, sizeof(bytes), w->genesis);
	return 0;
}

static int
take_nonce(const struct ctl *ctl, struct words *w, struct err *err)
{
	const char *given = config_str(ctl->config, "subnetctl.nonce");
	uint8_t bytes[CLAIM_NONCE_BYTES];

	if (given[0] != '\0' && !claim_nonce_is_good(given))
		return err_set(
		    err, "--nonce is not 32 hex digits in lower case");
	if (given[0] != '\0') {
		memcpy(w->nonce, given, CLAIM_NONCE);
		return 0;
	}
	randombytes_buf(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), w->nonce);
	return 0;
}

static int
take_url(const struct ctl *ctl, struct words *w, struct err *err)
{
	const char *url = config_str(ctl->config, "subnetctl.url");

	if (url[0] == '\0')
		return 0;
	w->url = http_url_clean(url, false, err);
	return w->url != NULL ? 0 : err_wrap(err, "--url");
}

static int
take_words(const struct ctl *ctl, struct words *w, struct err *err)
{
	int64_t valid_ms = config_int(ctl->config, "subnetctl.valid");
	int platform = claim_platform_find(ctl->args[0]);

	if (platform < 0)
		return err_set(err,
		    "\"%.40s\" is no platform: youtube/video, "
		    "youtube/short, instagram/reel, "
		    "instagram/post, tiktok/video, x/post",
		    ctl->args[0]);
	w->message = (struct claim_message){
	    .genesis = w->genesis,
	    .netuid = (int)config_int(ctl->config, "netuid"),
	    .platform = platform,
	    .account = w->account,
	    .content = w->content,
	    .nonce = w->nonce,
	    .expires_s = clock_wall_us() / 1000000 + valid_ms / 1000,
	};
	if (claim_account(platform, ctl->args[1], w->account, err) != 0 ||
	    (ctl->n_args > 2 &&
		claim_content(platform, ctl->args[2], w->content, err) != 0))
		return -1;
	return take_genesis(ctl, w, err) != 0 || take_nonce(ctl, w, err) != 0 ||
		       take_url(ctl, w, err) != 0
		   ? -1
		   : 0;
}

/* -- what is made -------------------------------------------------------- */

static struct signing *
open_key(const struct ctl *ctl, struct err *err)
{
	const char *file = config_str(ctl->config, "subnetctl.hotkey_file");

	if (file[0] == '\0')
		return signing_ask(
		    config_str(ctl->config, "signer.socket"), err);
	return signing_read(
	    file, config_str(ctl->config, "signer.password_file"), err);
}

/* The line's members. NULL, and why. */
static json_t *
sign_line(const struct words *w, struct signing *signing, struct err *err)
{
	uint8_t signature[CLAIM_SIGNATURE];
	struct buf text = {0};
	json_t *line = NULL;
	char *hex;
	int failed;

	claim_message_text(&w->message, &text);
	failed =
	    signing_sign(signing, CLAIM_DOMAIN, buf_str(&text), signature, err);
	buf_free(&text);
	if (failed)
		return NULL;
	if (!claim_message_is_signed(&w->message, signature)) {
		err_set(err, "the signature does not hold");
		return NULL;
	}
	hex = hex_0x(signature, sizeof(signature));
	line = json_pack("{s:s s:s s:s s:s s:I s:s}", "platform",
	    claim_platform_name(w->message.platform), "content_id", w->content,
	    "account", w->account, "nonce", w->nonce, "expires",
	    (json_int_t)w->message.expires_s, "signature", hex);
	if (w->url != NULL)
		json_object_set_new(
		    line, "direct_video_url", json_string(w->url));
	free(hex);
	return line;
}

static void
print_code(const struct ctl *ctl, const struct words *w)
{
	char code[CLAIM_CODE];

	claim_message_code(&w->message, code);
	if (ctl->json)
		show_json(json_pack("{s:s s:s s:s}", "hotkey",
		    w->message.hotkey, "nonce", w->nonce, "code", code));
	else
		printf("code   %s\nnonce  %s\n", code, w->nonce);
}

/* One line, so that it can be put behind the others. */
static void
print_line(const struct ctl *ctl, const struct words *w, json_t *line)
{
	char code[CLAIM_CODE];

	claim_message_code(&w->message, code);
	if (ctl->json) {
		show_json(json_pack("{s:s s:s s:o}", "hotkey",
		    w->message.hotkey, "code", code, "line", line));
		return;
	}
	fprintf(stderr, "subnetctl: its caption must have the code %s\n", code);
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

int
ctl_engagement_claim(const struct ctl *ctl)
{
	struct words w = {.url = NULL};
	struct signing *signing = NULL;
	json_t *line = NULL;
	struct err err;
	int code = CTL_USAGE;

	if (take_words(ctl, &w, &err) != 0)
		goto done;
	code = CTL_FAILED;
	signing = open_key(ctl, &err);
	if (signing == NULL)
		goto done;
	w.message.hotkey = signing_hotkey(signing);
	if (w.content[0] != '\0') {
		line = sign_line(&w, signing, &err);
		if (line == NULL)
			goto done;
	}
	code = CTL_OK;
	if (line != NULL)
		print_line(ctl, &w, line);
	else
		print_code(ctl, &w);
done:
	signing_free(signing);
	free(w.url);
	return code == CTL_OK ? CTL_OK : ctl_fail(ctl, code, &err);
}
