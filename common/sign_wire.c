/* The signer's wire lines, to structs and back. */
#include "common/sign_wire.h"

#include <string.h>

#include "common/buf.h"
#include "common/err.h"

/* Where the text of each member goes. */
struct member {
	const char *name;
	const char **text;
};

static int
read_member(const char *name, json_t *value, const struct member *members,
    size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, members[i].name) != 0)
			continue;
		if (!json_is_string(value))
			return err_set(err, "%s is not a string", name);
		*members[i].text = json_string_value(value);
		return 0;
	}
	return err_set(err, "unknown member");
}

/* Every member of the object but id. */
static int
read_members(
    json_t *object, const struct member *members, size_t n, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		if (strcmp(name, "id") != 0 &&
		    read_member(name, value, members, n, err) < 0)
			return -1;
	}
	return 0;
}

static json_t *
read_line(const char *line, size_t len, int64_t *id, struct err *err)
{
	json_t *object, *value;

	*id = SIGN_WIRE_NO_ID;
	object = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(object)) {
		json_decref(object);
		err_set(err, "line is not a JSON object");
		return NULL;
	}
	value = json_object_get(object, "id");
	if (json_is_integer(value) && json_integer_value(value) >= 0)
		*id = json_integer_value(value);
	return object;
}

int
sign_request_parse(
    const char *line, size_t len, struct sign_request *req, struct err *err)
{
	const struct member members[] = {
	    {"shape", &req->shape},
	    {"message", &req->message},
	    {"call", &req->call},
	    {"payload", &req->payload},
	    {"domain", &req->domain},
	    {"text", &req->text},
	};

	*req = (struct sign_request){0};
	req->json = read_line(line, len, &req->id, err);
	if (req->json == NULL)
		return -1;
	if (req->id == SIGN_WIRE_NO_ID)
		return err_set(err, "id is not a whole number from 0");
	if (read_members(req->json, members,
		sizeof(members) / sizeof(members[0]), err) < 0)
		return -1;
	if (req->shape == NULL)
		return err_set(err, "shape is missing");
	return 0;
}

void
sign_request_clear(struct sign_request *req)
{
	json_decref(req->json);
	*req = (struct sign_request){0};
}

/* ,"name":"text" with the text escaped; nothing for NULL. Bytes that are no
 * UTF-8 become null, which the reader refuses. */
static void
print_member(struct buf *out, const char *name, const char *text)
{
	json_t *value;
	char *quoted;

	if (text == NULL)
		return;
	value = json_string(text);
	quoted = json_dumps(value, JSON_ENCODE_ANY);
	buf_printf(out, ",\"%s\":%s", name, quoted != NULL ? quoted : "null");
	free(quoted);
	json_decref(value);
}

static void
print_id(struct buf *out, int64_t id)
{
	if (id == SIGN_WIRE_NO_ID)
		buf_add_str(out, "{\"id\":null");
	else
		buf_printf(out, "{\"id\":%lld", (long long)id);
}

void
sign_request_print(const struct sign_request *req, struct buf *out)
{
	print_id(out, req->id);
	print_member(out, "shape", req->shape);
	print_member(out, "message", req->message);
	print_member(out, "call", req->call);
	print_member(out, "payload", req->payload);
	print_member(out, "domain", req->domain);
	print_member(out, "text", req->text);
	buf_add_str(out, "}\n");
}

static int
read_error(json_t *object, struct sign_reply *reply, struct err *err)
{
	const struct member members[] = {
	    {"code", &reply->code},
	    {"message", &reply->message},
	};

	if (!json_is_object(object))
		return err_set(err, "error is not an object");
	if (read_members(object, members, 2, err) < 0)
		return -1;
	if (reply->code == NULL || reply->message == NULL)
		return err_set(err, "error has no code or message");
	return 0;
}

int
sign_reply_parse(
    const char *line, size_t len, struct sign_reply *reply, struct err *err)
{
	const struct member members[] = {
	    {"signature", &reply->signature},
	    {"signed_by", &reply->signed_by},
	    {"hotkey", &reply->hotkey},
	    {"public", &reply->public},
	};
	json_t *error;

	*reply = (struct sign_reply){0};
	reply->json = read_line(line, len, &reply->id, err);
	if (reply->json == NULL)
		return -1;
	error = json_object_get(reply->json, "error");
	if (error != NULL)
		return read_error(error, reply, err);
	return read_members(
	    reply->json, members, sizeof(members) / sizeof(members[0]), err);
}

void
sign_reply_clear(struct sign_reply *reply)
{
	json_decref(reply->json);
	*reply = (struct sign_reply){0};
}

void
sign_reply_print(const struct sign_reply *reply, struct buf *out)
{
	print_id(out, reply->id);
	print_member(out, "signature", reply->signature);
	print_member(out, "signed_by", reply->signed_by);
	print_member(out, "hotkey", reply->hotkey);
	print_member(out, "public", reply->public);
	if (reply->code != NULL) {
		buf_add_str(out, ",\"error\":{\"code\":\"");
		buf_add_str(out, reply->code);
		buf_add_str(out, "\"");
		print_member(out, "message", reply->message);
		buf_add_str(out, "}");
	}
	buf_add_str(out, "}\n");
}
