/* A result's form. */
#include "orchestrator/result_form.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "orchestrator/accept.h"
#include "orchestrator/form.h"

static const char blanks[] = " \t\r\n";

/* Whether text is this word, in either case and with blanks around it. */
static bool
is_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	text += strspn(text, blanks);
	return strncasecmp(text, word, len) == 0 &&
	       text[len + strspn(text + len, blanks)] == '\0';
}

static bool
says_failed(const char *status, const char *error)
{
	return (status != NULL &&
		   (is_word(status, "failed") || is_word(status, "error"))) ||
	       (error != NULL && error[strspn(error, blanks)] != '\0');
}

void
result_form_take(struct form *form, struct arrival *a)
{
	const json_t *json = form_json(form);
	const char *status = form_field(form, "status");
	const char *error = form_field(form, "error");
	const char *output = form_field(form, "output");

	if (json != NULL) {
		status = json_string_value(json_object_get(json, "status"));
		error = json_string_value(json_object_get(json, "error"));
		a->output = json_incref(json_object_get(json, "output"));
		a->output_bytes = form_json_bytes(form);
	} else if (output != NULL) {
		a->output = json_loads(output, JSON_DECODE_ANY, NULL);
		a->output_bytes = strlen(output);
	}
	if (json_is_null(a->output))
		a->output = NULL; /* null is no output; it is a constant */
	a->is_too_large = form_fault(form) == FORM_TOO_LARGE;
	a->says_failed = says_failed(status, error);
	a->bytes = form_file_bytes(form);
	a->file = form_take_file(form);
	snprintf(a->type, sizeof(a->type), "%s", form_file_type(form));
}
