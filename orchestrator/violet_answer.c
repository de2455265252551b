/* What a miner of Violet's says it made of a task. */
#include "orchestrator/violet_answer.h"

#include <string.h>

#include "common/err.h"
#include "orchestrator/violet.h"

enum { MAX_LANGUAGE = 16 };

static const char *
word_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

/* Upstream's miner sends this in a transcript's place when it could not read
 * the file; a transcript that is these words alone is taken for that. */
static bool
is_broken_file(const json_t *said)
{
	const char *status = word_of(said, "status");
	const char *transcript = word_of(said, "transcript");

	return (status != NULL &&
		   strcmp(status, "completed_broken_file") == 0) ||
	       (transcript != NULL && strcmp(transcript, "broken file") == 0);
}

static bool
says_failed(const json_t *said)
{
	const char *status = word_of(said, "status");

	return is_broken_file(said) || !is_blank(word_of(said, "error")) ||
	       !is_blank(word_of(said, "error_message")) ||
	       (status != NULL && (strcmp(status, "failed") == 0 ||
				      strcmp(status, "error") == 0));
}

void
violet_answer_text(
    struct violet_answer *a, const char *text, const char *language)
{
	json_t *words = json_string(text);

	*a = (struct violet_answer){0};
	if (words == NULL) {
		a->says_failed = true; /* it is no UTF-8 */
		return;
	}
	a->output = json_pack("{s:o}", "text", words);
	if (!is_blank(language) && strlen(language) <= MAX_LANGUAGE)
		json_object_set_new(
		    a->output, "language", violet_text_or_null(language));
}

static int
take_output(const struct violet_type *type, const json_t *said,
    struct violet_answer *a, struct err *err)
{
	const char *text =
	    type->field != NULL ? word_of(said, type->field) : NULL;
	json_t *segments = json_object_get(said, "segments");

	if (type->field == NULL)
		return err_set(err,
		    "the result of a %s task is a file: upload it", type->name);
	if (is_blank(text))
		return err_set(err,
		    "response_data has no %s, which is what a %s task is for",
		    type->field, type->name);
	violet_answer_text(a, text, word_of(said, "language"));
	if (json_is_array(segments) && a->output != NULL)
		json_object_set(a->output, "segments", segments);
	return 0;
}

/* A text by itself: what is no JSON, or a JSON string. Numbers and the like are
 * words somebody said. NULL: it is an object or a list. */
static const char *
plain_text(const char *text, const json_t *json)
{
	if (json_is_object(json) || json_is_array(json))
		return NULL;
	return json_is_string(json) ? json_string_value(json) : text;
}

static int
take_object(const struct violet_type *type, const json_t *json,
    struct violet_answer *a, struct err *err)
{
	const json_t *inner = json_object_get(json, "output_data");
	const json_t *said = json_is_object(inner) ? inner : json;

	a->says_failed = says_failed(json) || says_failed(said);
	if (a->says_failed)
		return 0;
	if (json_is_string(inner) && type->field != NULL &&
	    !is_blank(json_string_value(inner))) {
		violet_answer_text(a, json_string_value(inner), NULL);
		return 0;
	}
	return take_output(type, said, a, err);
}

int
violet_answer_parse(const struct violet_type *type, const char *text,
    struct violet_answer *a, struct err *err)
{
	json_error_t why;
	json_t *json =
	    json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	const char *plain = plain_text(text, json);
	int failed = 0;

	*a = (struct violet_answer){0};
	if (json == NULL && text[strspn(text, " \t\r\n")] == '{')
		failed = err_set(err, "response_data is no JSON: %s", why.text);
	else if (plain != NULL && type->field != NULL && !is_blank(plain))
		violet_answer_text(a, plain, NULL);
	else
		failed = take_object(type, json, a, err);
	json_decref(json);
	return failed;
}

void
violet_answer_clear(struct violet_answer *a)
{
	json_decref(a->output);
	a->output = NULL;
}
