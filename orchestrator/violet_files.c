/* Files of tasks, and voices. */
#include "orchestrator/violet_files.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/give.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_record.h"

struct asking {
	struct orchestrator *o;
	struct http_req *req;
	char id[UUID_TEXT];
	int64_t until_s; /* the URL is good; 0: it is not signed */
	void (*on_found)(struct asking *, const PGresult *);
};

static void
on_file(const struct pg_answer *answer, void *arg)
{
	struct asking *a = arg;

	if (violet_is_read(a->req, answer)) {
		if (PQntuples(answer->results[0]) == 0)
			violet_refuse(a->req, 404, "File not found");
		else
			a->on_found(a, answer->results[0]);
	}
	free(a);
}

static void
ask(struct http_req *req, struct orchestrator *o, const char *tenant,
    int64_t until_s, void (*on_found)(struct asking *, const PGresult *))
{
	const char *id = http_req_param(req, "id");
	struct asking *a;

	if (!uuid_is_valid(id)) {
		violet_refuse(req, 404, "File not found");
		return;
	}
	a = xcalloc(1, sizeof(*a));
	a->o = o;
	a->req = req;
	a->until_s = until_s;
	a->on_found = on_found;
	snprintf(a->id, sizeof(a->id), "%s", id);
	store_violet_file(o, id, tenant, on_file, a);
}

static json_t *
file_of(const struct asking *a, const PGresult *res)
{
	return violet_record_file(a->id, pg_text(res, 0, "type"),
	    pg_int(res, 0, "bytes"), violet_file_url(a->o, a->id));
}

static void
show(struct asking *a, const PGresult *res)
{
	json_t *file = file_of(a, res);

	json_object_update_new(file,
	    json_pack("{s:s, s:s, s:b, s:o}", "content_type",
		pg_text(res, 0, "type"), "file_hash", pg_text(res, 0, "sha256"),
		"is_result", pg_bool(res, 0, "is_result"), "created_at",
		violet_time(pg_int(res, 0, "created_us"))));
	violet_reply(a->req, 200, file);
}

static void
download(struct asking *a, const PGresult *res)
{
	const struct give what = {.id = pg_text(res, 0, "owner"),
	    .sha256 = pg_text(res, 0, "sha256"),
	    .type = pg_text(res, 0, "type"),
	    .bytes = pg_int(res, 0, "bytes"),
	    .until_s = a->until_s,
	    .gone_status = 404,
	    .gone_code = "not_found",
	    .gone_why = "File is no longer stored"};
	char *name = violet_record_file_name(a->id, what.type);
	char *disposition = xasprintf("attachment; filename*=UTF-8''%s", name);

	http_reply_header(a->req, "Content-Disposition", disposition);
	give(a->o, a->req, &what);
	free(disposition);
	free(name);
}

void
violet_files_show(struct http_req *req, void *o)
{
	ask(req, o, violet_tenant(req), 0, show);
}

/* A signature is as good as being asked by its owner; a wrong one is not
 * passed over. */
void
violet_files_download(struct http_req *req, void *o)
{
	int64_t until_s;

	if (http_req_query(req, "signature") == NULL)
		ask(req, o, violet_tenant(req), 0, download);
	else if (violet_file_is_signed(
		     o, req, http_req_param(req, "id"), &until_s))
		ask(req, o, NULL, until_s, download);
	else
		violet_refuse(
		    req, 403, "The URL's signature is wrong or has expired");
}

void
violet_files_voices(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const struct kind *kind = kinds_find(o->kinds, "audio.speak");
	const json_t *voice =
	    kind != NULL ? json_object_get(kind->params, "voice") : NULL;
	json_t *list = json_array(), *one;
	size_t i;

	json_array_foreach(json_object_get(voice, "one_of"), i, one)
	{
		json_array_append_new(
		    list, json_pack("{s:O, s:O, s:n}", "voice_name", one,
			      "display_name", one, "language"));
	}
	violet_reply(req, 200,
	    json_pack("{s:b, s:I, s:o}", "success", 1, "count",
		(json_int_t)json_array_size(list), "voices", list));
}
