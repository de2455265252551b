/*
 * Wire formats: axons' answers, what kinds say of their fields, and what is
 * sent of parameters.
 *
 * The first byte chooses. An outcome that is no result says why; a kind that
 * was found good can be sent; what is sent is the same JSON when it is read,
 * in ASCII; headers have no line breaks.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/python_text.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "tests/fuzz/input.h"

enum { MAX_INPUT = 65536 };

/* -- answers --------------------------------------------------------------- */

static const char *const wires[] = {
    "{\"output\":{\"field\":\"o\",\"as\":\"base64\"},\"error\":\"e\"}",
    "{\"output\":{\"field\":\"o\",\"as\":\"base64\",\"text\":\"t\"}}",
    "{\"output\":{\"field\":\"o\",\"as\":\"text\",\"text\":\"t\"}}",
    "{\"output\":{\"field\":\"o\",\"as\":\"json\",\"text\":\"t\"}}",
};

static const char *
header(const void *arg, const char *name)
{
	(void)name;
	return arg;
}

/* A kind, a status, the axon's header up to a newline, the body. */
static void
answer(struct input *in)
{
	uint8_t gives = input_byte(in) % 4;
	int status = 100 + input_u16(in) % 500;
	const uint8_t *end = memchr(in->data, '\n', in->len);
	size_t len = end != NULL ? (size_t)(end - in->data) : in->len;
	struct input head = {in->data, len};
	char *said = input_text(&head);
	struct kind kind = {.wire = json_loads(wires[gives], 0, NULL),
	    .output_types = json_array()};
	struct protocol_answer a = {.status = status, .header = header};
	struct protocol_reply reply = {0};
	uint8_t *body;

	in->data += len + (end != NULL);
	in->len -= len + (end != NULL);
	body = input_copy(in);
	a.arg = said;
	a.body = body;
	a.len = in->len;
	if (gives == 0)
		json_array_append_new(kind.output_types, json_string("x/y"));
	protocol_synapse.read(&kind, &a, &reply);
	if (reply.outcome != PROTOCOL_RESULT)
		input_must(reply.why[0] != '\0' && reply.output == NULL,
		    "what is no result says why");
	else
		input_must(status < 300 && status >= 200,
		    "a result comes with a good status");
	input_must(reply.file.len <= in->len, "a file is no larger");
	protocol_reply_clear(&reply);
	json_decref(kind.wire);
	json_decref(kind.output_types);
	free(body);
	free(said);
}

/* -- kinds ----------------------------------------------------------------- */

static void
check_headers(const struct protocol_sending *s)
{
	struct synapse_headers h = {.name = "Name",
	    .timeout_s = 1,
	    .axon_ip = "1.2.3.4",
	    .axon_hotkey = "5",
	    .axon_port = 1,
	    .dendrite_ip = "1.2.3.4",
	    .dendrite_hotkey = "5",
	    .uuid = "u",
	    .nonce_ns = 1,
	    .body_hash = s->body_hash,
	    .signature = "0x",
	    .fields = s->fields,
	    .body_len = strlen(s->body)};
	char **headers = synapse_headers(&h);

	for (char **line = headers; *line != NULL; line++)
		input_must(strpbrk(*line, "\r\n") == NULL &&
			       strchr(*line, ':') != NULL,
		    "a header is a line");
	synapse_free(headers);
}

/* What is sent is what was to be sent. */
static void
check_sent(const struct protocol_sending *s)
{
	json_t *again = json_loads(s->body, JSON_ALLOW_NUL, NULL);

	for (const char *p = s->body; *p != '\0'; p++)
		input_must(*p >= ' ' && *p < 0x7f, "a body is ASCII");
	input_must(again != NULL, "a body is JSON");
	if (s->fields != NULL) {
		input_must(json_equal(again, s->fields), "it is the same");
		check_headers(s);
	}
	json_decref(again);
}

static void
send(const struct protocol *protocol, const json_t *kind_json)
{
	struct orchestrator o = {.public_url = "https://o.example"};
	struct kind kind = {.name = "k",
	    .capacity_key = "img-h100_pcie",
	    .wire = json_incref(json_object_get(kind_json, "wire"))};
	struct job job = {.id = "j",
	    .kind = &kind,
	    .input_type = protocol->takes_input ? NULL : "audio/wav",
	    .params = json_pack("{s:s, s:i, s:f, s:b}", "text", "\xc3\xa9 x",
		"n", 40, "f", 2.5, "b", 1)};
	struct protocol_ask ask = {.o = &o,
	    .job = &job,
	    .attempt_id = "a",
	    .input = "RIFF",
	    .input_len = 4};
	struct protocol_sending s = {0};
	struct err err = {""};

	if (protocol->build(&ask, &s, &err) == 0)
		check_sent(&s);
	else
		input_must(0, "what was found good can be sent");
	protocol_sending_clear(&s);
	json_decref(kind.wire);
	json_decref(job.params);
}

/* What an axon is given of a kind, whatever its wire says. */
static void
check_capacity(const char *protocol, json_t *wire)
{
	struct kind kind = {
	    .protocol = (char *)protocol, .capacity_key = "k", .wire = wire};
	struct kinds kinds = {&kind, 1};
	json_t *capacity = protocol_axon_capacity(&kinds);

	input_must(
	    json_object_size(capacity) == protocol_find(protocol)->is_of_axons,
	    "axons have the kinds of axons");
	json_decref(capacity);
}

/* A kind's wire, and all else of it as it should be. */
static void
check_kind(struct input *in)
{
	static const char *const names[] = {"native", "dippy", "synapse"};
	const char *name = names[input_byte(in) % 3];
	const struct protocol *protocol = protocol_find(name);
	json_t *kind = json_loads(
	    "{\"path\":\"/Name\",\"attempt\":\"1s\",\"answer\":\"1s\","
	    "\"max_input_bytes\":9,\"max_output_bytes\":9,"
	    "\"input_types\":[],\"output_types\":[],"
	    "\"params\":{\"text\":{\"required\":true},\"n\":{\"default\":1},"
	    "\"f\":{\"required\":true},\"b\":{}}}",
	    0, NULL);
	struct err err = {""};
	json_t *wire = input_json(in);

	check_capacity(name, wire);
	if (wire != NULL)
		json_object_set_new(kind, "wire", wire);
	if (protocol->check == NULL || protocol->check(kind, &err) == 0)
		send(protocol, kind);
	else
		input_must(err.text[0] != '\0', "what is refused says why");
	json_decref(kind);
}

/* -- values ---------------------------------------------------------------- */

static void
check_value(struct input *in)
{
	json_t *value = input_json(in), *again;
	struct buf text = {0};
	char *json;

	if (value == NULL)
		return;
	json = python_json(value);
	again = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	for (const char *p = json; *p != '\0'; p++)
		input_must(*p >= ' ' && *p < 0x7f, "it is ASCII");
	input_must(json_equal(value, again), "it is the same value");
	input_must((python_str(value, &text) == 0) ==
		       !(json_is_array(value) || json_is_object(value)),
	    "plain values have a text");
	buf_free(&text);
	json_decref(value);
	json_decref(again);
	free(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};

	if (n > MAX_INPUT)
		return 0;
	switch (input_byte(&in) % 3) {
	case 0:
		answer(&in);
		break;
	case 1:
		check_kind(&in);
		break;
	default:
		check_value(&in);
	}
	return 0;
}
