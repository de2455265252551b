/*
 * signerd as it is run: whose key it opens, whom it serves, what it signs and
 * what it refuses, on its own socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/sign_wire.h"
#include "common/xalloc.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

enum { PATIENCE_S = 20, PIPELINED = 400, MAX_FLAGS = 16, MAX_CLIENTS = 64 };
enum { NOBODY = 65534, STRANGER = 65533 };

#define SEED "1a2b3c4d5e6f70819203a4b5c6d7e8f90011223344556677889900aabbccddee"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define UUID "01234567-89ab-7cde-8f01-23456789abcd"
#define DIGEST                                                                 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* set_weights of netuid 11; era, nonce, tip 0, mode; versions, hashes. */
#define CALL "07000b00080000050008ffff00800100000000000000"
#define EXTRA "55000c0000"
#define VERSIONS "b601000001000000"
#define GENESIS                                                                \
	"2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
#define HASH "abababababababababababababababababababababababababababababababab"
#define PAYLOAD CALL EXTRA VERSIONS GENESIS HASH "00"
#define WEIGHTS(payload)                                                       \
	"{\"id\":7,\"shape\":\"weights\",\"payload\":\"0x" payload "\"}"
/* The same call by its name, at a given index. */
#define ARGS "0b00080000050008ffff00800100000000000000"
#define NAMED(name, index)                                                     \
	"{\"id\":7,\"shape\":\"weights\",\"call\":\"" name                     \
	"\",\"payload\":\"0x07" index ARGS EXTRA VERSIONS GENESIS HASH "00\"}"

struct fixture {
	struct sandbox *box;
	char *key, *socket;
	struct proc *signer; /* NULL: not running */
	struct sr25519_keypair pair;
	char hotkey[64];
	int n; /* of those started, for the names of their logs */
};

/* -- starting ----------------------------------------------------------- */

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "signer"};
	struct fixture *f = xcalloc(1, sizeof(*f));
	uint8_t seed[32];

	*state = f;
	f->box = sandbox_new(&o);
	if (f->box == NULL || hex_decode_exact(SEED, seed, 32) != 0)
		return -1;
	sr25519_from_seed(seed, &f->pair);
	ss58_encode(SS58_BITTENSOR, f->pair.public, f->hotkey);
	f->key = sandbox_write(
	    f->box, "hotkey", 0600, "{\"secretSeed\":\"0x" SEED "\"}");
	f->socket = sandbox_path(f->box, "signer.sock");
	return f->key != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	int failed = sandbox_end(f->box, false);

	free(f->key);
	free(f->socket);
	free(f);
	return failed;
}

/* Between tests. */
static int
stop(void **state)
{
	struct fixture *f = *state;
	int status = f->signer != NULL ? proc_stop(f->signer) : 0;

	if (f->signer != NULL)
		sandbox_drop(f->box, f->signer);
	f->signer = NULL;
	unlink(f->socket);
	return status;
}

/* With these flags beside its socket. */
static void
launch(struct fixture *f, const char *const *flags)
{
	char *program = paths_program("bin/signerd");
	char *name = xasprintf("signerd-%d", ++f->n);
	const char *argv[MAX_FLAGS] = {program, "-c", "/dev/null", "--socket",
	    f->socket, "--metrics_listen", ""};
	int n = 7;

	for (; flags != NULL && *flags != NULL && n < MAX_FLAGS - 1; flags++)
		argv[n++] = *flags;
	f->signer = sandbox_start(f->box, name, argv, NULL);
	assert_non_null(f->signer);
	free(name);
	free(program);
}

/* Until it serves; with more flags than the key. */
static void
start(struct fixture *f, const char *flag, const char *value)
{
	const char *const flags[] = {"--key_file", f->key, "--netuids", "11,49",
	    "--genesis", "0x" GENESIS, flag, value, NULL};

	launch(f, flags);
	assert_non_null(
	    proc_wait_event(f->signer, "signer.listening", NULL, 0));
}

/* It ends by itself, and says these words (separated by |). */
static void
assert_will_not_start(
    struct fixture *f, const char *const *flags, const char *words)
{
	const char *line;
	char *copy = xstrdup(words), *rest = copy, *word;

	launch(f, flags);
	line = proc_wait_event(f->signer, "signer.refused", NULL, 0);
	if (line == NULL)
		fail_msg("it does not say %s", words);
	while ((word = strtok_r(rest, "|", &rest)) != NULL) {
		if (strstr(line, word) == NULL)
			fail_msg("no \"%s\" in %s", word, line);
	}
	assert_int_equal(proc_wait(f->signer, 0), EXIT_FAILURE);
	sandbox_drop(f->box, f->signer);
	f->signer = NULL;
	free(copy);
}

/* -- asking ------------------------------------------------------------- */

static int
dial_path(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {PATIENCE_S, 0};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
dial(struct fixture *f)
{
	int fd = dial_path(f->socket);

	assert_true(fd >= 0);
	return fd;
}

static void
say(int fd, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

/* The next line without its newline; false at the end. */
static bool
hear(int fd, struct buf *line)
{
	char c;

	buf_reset(line);
	while (read(fd, &c, 1) == 1) {
		if (c == '\n')
			return true;
		buf_add_byte(line, c);
	}
	return false;
}

/* The code of the refusal of a line, "" if it is granted; its reply is to be
 * cleared. */
static const char *
ask(int fd, const char *request, struct sign_reply *reply)
{
	struct buf line = {0};
	struct err err;

	say(fd, request);
	say(fd, "\n");
	assert_true(hear(fd, &line));
	if (sign_reply_parse(buf_str(&line), line.len, reply, &err) != 0)
		fail_msg("%s: %s", err.text, buf_str(&line));
	buf_free(&line);
	return reply->code != NULL ? reply->code : "";
}

static void
assert_code(int fd, const char *request, const char *code)
{
	struct sign_reply reply;
	const char *is = ask(fd, request, &reply);

	if (strcmp(is, code) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", request, is, code);
	if (code[0] != '\0') {
		assert_null(reply.signature);
		assert_true(strlen(reply.message) > 0);
	}
	sign_reply_clear(&reply);
}

static void
assert_serves(struct fixture *f)
{
	struct sign_reply reply;
	int fd = dial(f);

	assert_string_equal(
	    ask(fd, "{\"id\":3,\"shape\":\"whoami\"}", &reply), "");
	assert_int_equal(reply.id, 3);
	assert_string_equal(reply.hotkey, f->hotkey);
	sign_reply_clear(&reply);
	close(fd);
}

/* It is granted, and signs just these bytes with our key. */
static void
assert_signs(
    struct fixture *f, int fd, const char *request, const void *what, size_t n)
{
	struct sign_reply reply;
	uint8_t signature[64];
	const char *code = ask(fd, request, &reply);

	if (code[0] != '\0')
		fail_msg("%s: %s", request, code);
	assert_string_equal(reply.signed_by, f->hotkey);
	assert_int_equal(
	    hex_decode_exact(reply.signature, signature, sizeof(signature)), 0);
	assert_true(sr25519_verify(f->pair.public, what, n, signature));
	sign_reply_clear(&reply);
}

/* -- what it signs ------------------------------------------------------ */

static void
it_signs_what_its_shapes_allow(void **state)
{
	struct fixture *f = *state;
	long long now_ms = clock_wall_ms();
	uint8_t payload[512];
	char *message, *line;
	long len;
	int fd;

	start(f, NULL, NULL);
	assert_serves(f);
	fd = dial(f);
	message = xasprintf(DIGEST "." UUID ".%lld." BOB, now_ms);
	line = xasprintf(
	    "{\"id\":1,\"shape\":\"epistula\",\"message\":\"%s\"}", message);
	assert_signs(f, fd, line, message, strlen(message));
	free(line);
	free(message);
	message = xasprintf(
	    "%lld000000.%s." BOB "." UUID "." DIGEST, now_ms, f->hotkey);
	line = xasprintf(
	    "{\"id\":2,\"shape\":\"dendrite\",\"message\":\"%s\"}", message);
	assert_signs(f, fd, line, message, strlen(message));
	free(line);
	free(message);
	len = hex_decode(PAYLOAD, payload, sizeof(payload));
	assert_true(len > 0);
	assert_signs(f, fd, WEIGHTS(PAYLOAD), payload, len);
	assert_signs(f, fd,
	    "{\"id\":4,\"shape\":\"statement\",\"domain\":\"metrics\","
	    "\"text\":\"a\\nb\"}",
	    "subnetd/metrics\na\nb", 19);
	close(fd);
}

static void
it_answers_in_the_order_it_was_asked(void **state)
{
	struct fixture *f = *state;
	struct buf all = {0}, line = {0};
	int fd;

	start(f, NULL, NULL);
	fd = dial(f);
	for (int i = 0; i < PIPELINED; i++)
		buf_printf(&all,
		    "{\"id\":%d,\"shape\":\"epistula\",\"message\":\"" DIGEST
		    "." UUID ".%lld.\"}\n",
		    i, (long long)clock_wall_ms());
	say(fd, buf_str(&all));
	for (int i = 0; i < PIPELINED; i++) {
		struct sign_reply reply;
		struct err err;

		assert_true(hear(fd, &line));
		assert_int_equal(
		    sign_reply_parse(buf_str(&line), line.len, &reply, &err),
		    0);
		assert_int_equal(reply.id, i);
		assert_non_null(reply.signature);
		sign_reply_clear(&reply);
	}
	buf_free(&all);
	buf_free(&line);
	close(fd);
}

/* -- what it refuses ---------------------------------------------------- */

static const struct {
	const char *line, *code;
} refused[] = {
    {"hello", "bad_request"},
    {"", "bad_request"},
    {"[]", "bad_request"},
    {"{}", "bad_request"},
    {"{\"id\":1}", "bad_request"},
    {"{\"id\":-1,\"shape\":\"whoami\"}", "bad_request"},
    {"{\"id\":\"1\",\"shape\":\"whoami\"}", "bad_request"},
    {"{\"id\":1,\"shape\":\"whoami\",\"sudo\":true}", "bad_request"},
    {"{\"id\":1,\"id\":2,\"shape\":\"whoami\"}", "bad_request"},
    {"{\"id\":1,\"shape\":\"raw\",\"message\":\"x\"}", "unknown_shape"},
    {"{\"id\":1,\"shape\":\"\",\"message\":\"x\"}", "unknown_shape"},
    {"{\"id\":1,\"shape\":\"epistula\"}", "bad_request"},
    {"{\"id\":1,\"shape\":\"epistula\",\"message\":7}", "bad_request"},
    {"{\"id\":1,\"shape\":\"epistula\",\"message\":\"<Bytes>x</Bytes>\"}",
	"bad_message"},
    {"{\"id\":1,\"shape\":\"epistula\",\"message\":\"" DIGEST "." UUID
     ".1764547200000." BOB "\"}",
	"bad_time"},
    {"{\"id\":1,\"shape\":\"epistula\",\"message\":\"" DIGEST "." UUID
     ".9764547200000." BOB "\"}",
	"bad_time"},
    {"{\"id\":1,\"shape\":\"dendrite\",\"message\":\"1764547200000000000." BOB
     "." BOB "." UUID "." DIGEST "\"}",
	"wrong_hotkey"},
    {"{\"id\":1,\"shape\":\"statement\",\"text\":\"x\"}", "bad_request"},
    {"{\"id\":1,\"shape\":\"statement\",\"domain\":\"A b\",\"text\":\"x\"}",
	"bad_message"},
    {"{\"id\":1,\"shape\":\"weights\"}", "bad_request"},
    {"{\"id\":1,\"shape\":\"weights\",\"payload\":\"" PAYLOAD "\"}",
	"bad_request"},
    {WEIGHTS("zz"), "bad_request"},
    {WEIGHTS(""), "bad_message"},
    {WEIGHTS(PAYLOAD "00"), "bad_message"},
    {WEIGHTS(CALL EXTRA VERSIONS GENESIS HASH), "bad_message"},
    /* Balances.transfer, System.remark, register: not ours to sign. */
    {WEIGHTS("050000" HASH "04" EXTRA VERSIONS GENESIS HASH "00"),
	"call_not_allowed"},
    {WEIGHTS("00000401" EXTRA VERSIONS GENESIS HASH "00"), "call_not_allowed"},
    {WEIGHTS("07070b00" HASH EXTRA VERSIONS GENESIS HASH "00"),
	"call_not_allowed"},
    {WEIGHTS("07000c00080000050008ffff00800100000000000000" EXTRA VERSIONS
	     GENESIS HASH "00"),
	"netuid_not_allowed"},
    {WEIGHTS(CALL "55000c0400" VERSIONS GENESIS HASH "00"), "tip_not_allowed"},
    {WEIGHTS(CALL EXTRA VERSIONS HASH HASH "00"), "wrong_genesis"},
};

static void
it_refuses_everything_else_by_name(void **state)
{
	struct fixture *f = *state;
	int fd;

	start(f, "--weights_burst", "100");
	fd = dial(f);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_code(fd, refused[i].line, refused[i].code);
	/* None of it was held against the client. */
	assert_code(fd, WEIGHTS(PAYLOAD), "");
	assert_non_null(
	    proc_wait_event(f->signer, "sign.refused", "shape=unknown", 0));
	close(fd);
}

/* After an upgrade of the runtime a call may have another index; it is signed
 * by its name, unless another call is known to be there. */
static void
a_moved_call_is_signed_by_its_name_and_said_once(void **state)
{
	struct fixture *f = *state;
	int fd;

	start(f, "--weights_burst", "100");
	fd = dial(f);
	assert_code(fd, NAMED("set_weights", "00"), "");
	assert_code(fd, NAMED("set_weights", "56"), "call_not_allowed");
	assert_code(fd, NAMED("set_weights", "77"), "call_not_allowed");
	assert_code(fd, NAMED("transfer_stake", "c8"), "call_not_allowed");
	assert_code(fd, NAMED("commit_weights", "c8"), "bad_message");
	assert_null(proc_find_event(f->signer, "sign.call_moved", NULL));
	for (int i = 0; i < 3; i++)
		assert_code(fd, NAMED("set_weights", "c8"), "");
	assert_code(fd, NAMED("set_weights", "c9"), "");
	assert_non_null(proc_wait_event(
	    f->signer, "sign.call_moved", "call=set_weights index=201", 0));
	assert_int_equal(
	    proc_count_events(f->signer, "sign.call_moved", "index=200"), 1);
	close(fd);
}

static void
only_the_calls_that_are_configured_are_signed(void **state)
{
	struct fixture *f = *state;
	const char *const bad[] = {"--key_file", f->key, "--weights_calls",
	    "set_weights transfer_stake", NULL};
	const char *const bad_index[] = {
	    "--key_file", f->key, "--weights_calls", "0 86", NULL};
	int fd;

	assert_will_not_start(f, bad, "weights_calls|transfer_stake");
	assert_will_not_start(f, bad_index, "weights_calls|86");
	start(f, "--weights_calls", "119, commit_weights");
	fd = dial(f);
	assert_code(fd, NAMED("set_weights", "00"), "call_not_allowed");
	assert_code(fd, NAMED("set_weights", "c8"), "call_not_allowed");
	assert_code(fd, WEIGHTS(PAYLOAD), "call_not_allowed");
	assert_code(
	    fd, WEIGHTS("07600b00" HASH EXTRA VERSIONS GENESIS HASH "00"), "");
	close(fd);
}

static void
a_line_without_end_is_cut_off(void **state)
{
	struct fixture *f = *state;
	struct buf text = {0}, line = {0};
	int fd;

	start(f, NULL, NULL);
	fd = dial(f);
	memset(buf_reserve(&text, SIGN_WIRE_MAX_LINE), 'x', SIGN_WIRE_MAX_LINE);
	text.len = SIGN_WIRE_MAX_LINE;
	say(fd, buf_str(&text));
	assert_true(hear(fd, &line));
	assert_non_null(strstr(buf_str(&line), "\"too_long\""));
	assert_false(hear(fd, &line));
	close(fd);
	assert_serves(f);
	buf_free(&text);
	buf_free(&line);
}

static void
more_than_its_rate_is_refused_until_it_is_raised(void **state)
{
	static const char statement[] = "{\"id\":1,\"shape\":\"statement\","
					"\"domain\":\"d\",\"text\":\"t\"}";
	static const char ini[] = "[signer]\nsocket = %s\nkey_file = %s\n"
				  "metrics_listen =\n"
				  "statement_per_second = %s\n%s";
	struct fixture *f = *state;
	char *program = paths_program("bin/signerd"), *path;
	char *text = xasprintf(ini, f->socket, f->key, "1", "");
	const char *argv[] = {program, "-c", NULL, NULL};
	int fd;

	path = sandbox_write(f->box, "signer.ini", 0600, text);
	argv[2] = path;
	f->signer = sandbox_start(f->box, "signerd-rates", argv, NULL);
	assert_non_null(
	    proc_wait_event(f->signer, "signer.listening", NULL, 0));
	assert_non_null(proc_wait_event(f->signer, "service.ready", NULL, 0));
	fd = dial(f);
	assert_code(fd, statement, "");
	assert_code(fd, statement, "rate_limited");
	free(text);
	free(path);
	text = xasprintf(ini, f->socket, f->key, "1000", "netuids = 12\n");
	path = sandbox_write(f->box, "signer.ini", 0600, text);
	proc_signal(f->signer, SIGHUP);
	assert_non_null(proc_wait_event(
	    f->signer, "config.needs_restart", "key=signer.netuids", 0));
	assert_non_null(proc_wait_event(
	    f->signer, "config.changed", "key=signer.statement_per_second", 0));
	assert_non_null(proc_wait_event(f->signer, "config.reloaded", NULL, 0));
	for (int i = 0; i < 100; i++)
		assert_code(fd, statement, "");
	close(fd);
	free(text);
	free(path);
	free(program);
}

/* -- whom it serves ----------------------------------------------------- */

/* What that user is told of a whoami: 'y' served, 'n' not allowed, 'x' cannot
 * even connect, '?' anything else. */
static char
as_user(struct fixture *f, uid_t uid)
{
	static const char who[] = "{\"id\":1,\"shape\":\"whoami\"}\n";
	struct buf line = {0};
	int ends[2], fd, status;
	char told = '?';
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		/* Inside, so that folders above need not let it through. */
		if (chdir(sandbox_dir(f->box)) != 0 || setgid(uid) != 0 ||
		    setuid(uid) != 0)
			_exit(1);
		fd = dial_path("signer.sock");
		if (fd < 0)
			told = errno == EACCES ? 'x' : '?';
		/* It may have been told, and cut off, already. */
		else if (send(fd, who, strlen(who), MSG_NOSIGNAL) != 0 &&
			 hear(fd, &line))
			told = strstr(buf_str(&line), "not_allowed") ? 'n'
			       : strstr(buf_str(&line), "hotkey")    ? 'y'
								     : '?';
		_exit(write(ends[1], &told, 1) != 1);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(read(ends[0], &told, 1), 1);
	close(ends[0]);
	return told;
}

static void
only_its_own_user_and_those_named_are_served(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	if (getuid() != 0)
		skip(); /* nobody else can be had */
	start(f, NULL, NULL);
	assert_int_equal(stat(f->socket, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(as_user(f, NOBODY), 'x');
	assert_int_equal(stop(state), 0);
	start(f, "--allow_uid", "65534");
	assert_int_equal(as_user(f, NOBODY), 'y');
	assert_int_equal(as_user(f, STRANGER), 'n');
	assert_non_null(proc_wait_event(
	    f->signer, "client.refused", "uid=65533 reason=not_allowed", 0));
	assert_serves(f);
	assert_int_equal(stop(state), 0);
	start(f, "--allow_uid", "nobody, 1");
	assert_int_equal(as_user(f, NOBODY), 'y');
	assert_int_equal(as_user(f, STRANGER), 'n');
}

static void
a_user_that_is_none_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *const flags[] = {
	    "--key_file", f->key, "--allow_uid", "0 no-such-user", NULL};

	assert_will_not_start(
	    f, flags, "signer.allow_uid|no-such-user|neither a name");
}

static void
one_client_too_many_is_told_so(void **state)
{
	struct fixture *f = *state;
	int fds[MAX_CLIENTS], fd;
	struct buf line = {0};

	start(f, NULL, NULL);
	for (int i = 0; i < MAX_CLIENTS; i++) {
		fds[i] = dial(f);
		assert_code(fds[i], "{\"id\":1,\"shape\":\"whoami\"}", "");
	}
	fd = dial(f);
	assert_true(hear(fd, &line));
	assert_non_null(strstr(buf_str(&line), "too_many_clients"));
	close(fd);
	for (int i = 0; i < MAX_CLIENTS; i++)
		close(fds[i]);
	assert_non_null(
	    proc_wait_event(f->signer, "client.closed", "why=closed", 0));
	assert_serves(f);
	buf_free(&line);
}

/* -- its key ------------------------------------------------------------ */

static void
a_key_that_others_can_read_is_refused(void **state)
{
	static const mode_t modes[] = {0644, 0640, 0604, 0620, 0602};
	struct fixture *f = *state;
	const char *const flags[] = {"--key_file", f->key, NULL};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(f->key, modes[i]), 0);
		assert_will_not_start(f, flags, "chmod 600|hotkey");
		assert_int_not_equal(access(f->socket, F_OK), 0);
	}
	assert_int_equal(chmod(f->key, 0400), 0);
	start(f, NULL, NULL);
	assert_serves(f);
	assert_int_equal(chmod(f->key, 0600), 0);
}

static void
a_key_that_is_none_is_refused_by_what_it_is(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
	    {"$NACL\x01\x02", "sealed|password|BT_PW_"},
	    {"$ANSIBLE_VAULT;1.1;AES256\n", "sealed|password|BT_PW_"},
	    {"gAAAAABf", "sealed|password|BT_PW_"},
	    {"{\"encoded\":\"x\"}", "polkadot-js|not supported"},
	    {"", "empty"},
	    {"{\"ss58Address\":\"" BOB "\"}", "no secret"},
	    {"{\"secretSeed\":\"0x" SEED "\",\"ss58Address\":\"" BOB "\"}",
		"ss58Address does not belong"},
	};
	struct fixture *f = *state;
	const char *flags[] = {"--key_file", NULL, NULL};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path =
		    sandbox_write(f->box, "other", 0600, cases[i].text);

		flags[1] = path;
		assert_will_not_start(f, flags, cases[i].words);
		free(path);
	}
	flags[1] = "/nonexistent/hotkey";
	assert_will_not_start(f, flags, "/nonexistent/hotkey|No such file");
	flags[1] = sandbox_dir(f->box);
	assert_will_not_start(f, flags, "not a regular file");
}

static void
the_wallets_hotkey_is_found_where_bittensor_keeps_it(void **state)
{
	struct fixture *f = *state;
	char *wallets = sandbox_path(f->box, "wallets");
	char *dir = sandbox_path(f->box, "wallets/w/hotkeys");
	const char *const flags[] = {"--wallet.path", wallets, "--wallet.name",
	    "w", "--wallet.hotkey", "h", NULL};
	const char *const others[] = {"--wallet.path", wallets, "--wallet.name",
	    "w", "--wallet.hotkey", "i", NULL};
	int fd;

	assert_int_equal(paths_mkdir(dir), 0);
	free(sandbox_write(f->box, "wallets/w/hotkeys/h", 0600,
	    "{\"secretSeed\":\"0x" SEED "\"}"));
	assert_will_not_start(f, others, "wallets/w/hotkeys/i");
	launch(f, flags);
	assert_non_null(
	    proc_wait_event(f->signer, "signer.listening", NULL, 0));
	assert_serves(f);
	/* Without signer.netuids it is netuid, 1, and 11 is not ours. */
	fd = dial(f);
	assert_code(fd, WEIGHTS(PAYLOAD), "netuid_not_allowed");
	close(fd);
	free(wallets);
	free(dir);
}

/* Reads a whole file; the caller frees. */
static char *
read_all(const char *path)
{
	struct buf text = {0};
	FILE *file = fopen(path, "r");
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		buf_add_byte(&text, c);
	fclose(file);
	return buf_take_str(&text);
}

static void
the_key_leaves_neither_core_nor_log(void **state)
{
	struct fixture *f = *state;
	char *path, *text, *log;
	int fd;

	start(f, NULL, NULL);
	fd = dial(f);
	assert_code(fd, WEIGHTS(PAYLOAD), "");
	assert_code(fd, "{\"id\":1,\"shape\":\"x\",\"text\":\"" SEED "\"}",
	    "unknown_shape");
	assert_code(fd,
	    "{\"id\":1,\"shape\":\"statement\",\"domain\":\"" SEED
	    "\",\"text\":\"" SEED "\"}",
	    "bad_message");
	close(fd);
	path = xasprintf("/proc/%d/limits", (int)proc_pid(f->signer));
	text = read_all(path);
	log = strstr(text, "Max core file size");
	assert_non_null(log);
	assert_int_equal(
	    strtol(log + strlen("Max core file size"), NULL, 10), 0);
	free(text);
	free(path);
	path = xasprintf("%s/signerd-%d.log", sandbox_dir(f->box), f->n);
	text = read_all(path);
	assert_null(strstr(text, SEED));
	assert_null(strstr(text, "abababab"));
	free(text);
	free(path);
}

/* -- its socket --------------------------------------------------------- */

static void
a_socket_left_behind_is_replaced_and_a_used_one_is_not(void **state)
{
	struct fixture *f = *state;
	const char *const flags[] = {"--key_file", f->key, NULL};
	struct proc *first;

	start(f, NULL, NULL);
	proc_kill(f->signer);
	sandbox_drop(f->box, f->signer);
	assert_int_equal(access(f->socket, F_OK), 0);
	start(f, NULL, NULL);
	assert_serves(f);
	first = f->signer;
	assert_will_not_start(f, flags, "another signerd");
	f->signer = first;
	assert_serves(f);
	assert_int_equal(stop(state), 0);
	free(sandbox_write(f->box, "signer.sock", 0600, "mine"));
	assert_will_not_start(f, flags, "exists and is not a socket");
}

#define TEST(f) cmocka_unit_test_teardown(f, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(it_signs_what_its_shapes_allow),
	    TEST(it_answers_in_the_order_it_was_asked),
	    TEST(it_refuses_everything_else_by_name),
	    TEST(a_moved_call_is_signed_by_its_name_and_said_once),
	    TEST(only_the_calls_that_are_configured_are_signed),
	    TEST(a_line_without_end_is_cut_off),
	    TEST(more_than_its_rate_is_refused_until_it_is_raised),
	    TEST(only_its_own_user_and_those_named_are_served),
	    TEST(a_user_that_is_none_is_refused),
	    TEST(one_client_too_many_is_told_so),
	    TEST(a_key_that_others_can_read_is_refused),
	    TEST(a_key_that_is_none_is_refused_by_what_it_is),
	    TEST(the_wallets_hotkey_is_found_where_bittensor_keeps_it),
	    TEST(the_key_leaves_neither_core_nor_log),
	    TEST(a_socket_left_behind_is_replaced_and_a_used_one_is_not),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
