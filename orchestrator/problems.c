/* The codes of problems that our doors answer with. */
#include "orchestrator/problems.h"

#include <stddef.h>
#include <string.h>

const struct problem problems[] = {
    /* What was asked. */
    {"bad_body", 400, "the body is neither the JSON nor the form it should be"},
    {"incomplete", 400, "the body did not come whole: send it again"},
    {"bad_query", 400, "a parameter of the query is out of its limits"},
    {"bad_event_id", 400, "Last-Event-ID is not one of ours"},
    {"bad_hotkey", 400, "the path has no SS58 address where a hotkey stands"},
    {"bad_limit", 400, "limit is not a number within its limits"},
    {"bad_before", 400, "before is not an attempt's id"},
    {"bad_secret", 403, "not the secret of this attempt: nothing changed"},
    {"bad_signature", 403, "the URL's signature is wrong or has expired"},
    {"not_found", 404, "nothing is there"},
    {"method_not_allowed", 405, "the path takes other methods: see Allow"},
    {"no_result", 409, "the job has no result, or none yet"},
    {"closed", 409, "the attempt waits for no result any more"},
    {"gone", 410, "the file is no longer stored"},
    {"too_large", 413, "the JSON, a field or the file is over its limit"},
    {"input_size", 413, "the input is empty, or larger than its kind takes"},
    {"bad_content_type", 415, "the body is of a type that is not taken here"},
    {"wrong_input_type", 415, "the input is, by its bytes, of another type"},
    {"bad_job", 422, "a field or parameter of the job: detail names it"},
    {"input_missing", 422, "the kind works on a file, and none came"},
    {"input_unexpected", 422, "the kind takes no file, and one came"},
    {"bad_input", 422, "the input does not decode"},
    /* What we cannot do now. */
    {"unavailable", 503,
	"not now, nothing was done: try again as Retry-After "
	"says"},
    {"unknown", 503,
	"nobody can tell whether it was done: look before you "
	"try again"},
    /* How it was asked: the HTTP server's own. */
    {"ambiguous_length", 400, "a body whose length could be read in two ways"},
    {"bad_chunk", 400, "a malformed chunk"},
    {"bad_content_length", 400, "a Content-Length that is no number"},
    {"bad_header", 400, "a malformed header"},
    {"bad_host", 400, "Host is missing, twice, or no host"},
    {"bad_request", 400, "it cannot be parsed"},
    {"bad_request_line", 400, "a malformed request line"},
    {"bad_target", 400, "a path or query with what may not stand there"},
    {"bad_trailer", 400, "a trailer that would change the request"},
    {"bad_id", 400, "X-Request-Id has what may not stand there"},
    {"bare_lf", 400, "a line that ends in LF without CR"},
    {"folded_header", 400, "a header that goes on in the next line"},
    {"repeated_header", 400, "a header twice that may come once"},
    {"request_timeout", 408, "the request did not arrive in time"},
    {"body_too_large", 413, "more than the path takes"},
    {"target_too_long", 414, "the request line is too long"},
    {"expectation_failed", 417, "the only Expect known is 100-continue"},
    {"headers_too_large", 431, "the headers are too long or too many"},
    {"method_not_implemented", 501, "no method that we know"},
    {"transfer_coding_not_implemented", 501, "chunked is the only coding"},
    {"version_not_supported", 505, "HTTP/1.1 and HTTP/1.0 are spoken"},
    {NULL, 0, NULL},
};

const struct problem *
problems_find(const char *code)
{
	for (const struct problem *p = problems; p->code != NULL; p++) {
		if (strcmp(p->code, code) == 0)
			return p;
	}
	return NULL;
}
