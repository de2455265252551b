/* Refusals as the upstreams' clients know them. */
#include "orchestrator/detail.h"

#include <stdio.h>

#include "common/http_server.h"

json_t *
detail_body(struct http_req *req, int status, const char *fmt, va_list ap)
{
	char text[768];
	json_t *words;

	vsnprintf(text, sizeof(text), fmt, ap);
	words = json_string(text); /* it may quote what is no UTF-8 */
	if (words == NULL)
		words = json_string(http_status_title(status));
	if (status == 503)
		http_reply_header(req, "Retry-After", "1");
	return json_pack("{s:o}", "detail", words);
}
