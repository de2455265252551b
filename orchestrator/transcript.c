/* A miner's answer to a recording, in the forms that clients ask for. */
#include "orchestrator/transcript.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"

/* No recording is longer; and a number that says so is no time. */
#define MAX_S 1e7

const char *const transcript_forms[] = {
    [TRANSCRIPT_JSON] = "json",
    [TRANSCRIPT_TEXT] = "text",
    [TRANSCRIPT_SRT] = "srt",
    [TRANSCRIPT_VTT] = "vtt",
    [TRANSCRIPT_VERBOSE] = "verbose_json",
    NULL,
};

static const char *const types[] = {
    [TRANSCRIPT_JSON] = "application/json",
    [TRANSCRIPT_TEXT] = "text/plain; charset=utf-8",
    [TRANSCRIPT_SRT] = "application/x-subrip; charset=utf-8",
    [TRANSCRIPT_VTT] = "text/vtt; charset=utf-8",
    [TRANSCRIPT_VERBOSE] = "application/json",
};

/* A segment or a word, with its text as the answer has it, borrowed. */
struct cue {
	double start, end;
	const char *text;
	size_t place; /* in the answer */
};

struct cues {
	struct cue *items;
	size_t n;
};

const char *
transcript_type(enum transcript_form form)
{
	return types[form];
}

/* -- reading the answer --------------------------------------------------- */

/* "text, model": the members that an answer has. */
static void
name_members(const json_t *answer, struct buf *out)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)answer, name, value)
	{
		buf_printf(out, "%s%.40s", out->len > 0 ? ", " : "", name);
		if (out->len > 200)
			break;
	}
	if (out->len == 0)
		buf_add_str(out, "nothing");
}

/* Always -1. */
static int
refuse_missing(const json_t *answer, const char *what,
    enum transcript_form form, struct err *err)
{
	bool is_timed = form != TRANSCRIPT_JSON && form != TRANSCRIPT_TEXT;
	struct buf members = {0};

	name_members(answer, &members);
	err_set(err,
	    "the miner's answer has no %s, which %s is made of: it has %s%s",
	    what, transcript_forms[form], buf_str(&members),
	    is_timed ? "; ask for response_format json or text" : "");
	buf_free(&members);
	return -1;
}

static bool
is_time(const json_t *value)
{
	double s = json_number_value(value);

	return json_is_number(value) && s >= 0 && s <= MAX_S;
}

static int
read_cue(const json_t *item, const char *text_name, struct cue *cue)
{
	const json_t *start = json_object_get(item, "start");
	const json_t *end = json_object_get(item, "end");
	const json_t *text = json_object_get(item, text_name);

	if (text == NULL)
		text = json_object_get(item, "text");
	if (!is_time(start) || !is_time(end) || !json_is_string(text) ||
	    json_number_value(end) < json_number_value(start))
		return -1;
	cue->start = json_number_value(start);
	cue->end = json_number_value(end);
	cue->text = json_string_value(text);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct cue *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* In the order of their beginnings. The caller frees the items. */
static int
read_cues(const json_t *answer, const char *name, const char *text_name,
    struct cues *cues, struct err *err)
{
	const json_t *list = json_object_get(answer, name), *item;
	size_t i;

	cues->n = json_array_size(list);
	cues->items = xcalloc(cues->n + 1, sizeof(*cues->items));
	json_array_foreach(list, i, item)
	{
		cues->items[i].place = i;
		if (read_cue(item, text_name, &cues->items[i]) != 0)
			return err_set(err,
			    "%s[%zu] of the miner's answer is not "
			    "{\"start\", \"end\", \"%s\"} with times in "
			    "seconds, the end not before the start",
			    name, i, text_name);
	}
	qsort(cues->items, cues->n, sizeof(*cues->items), compare);
	return 0;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* Of a recording in which nobody spoke there is nothing to give times of. */
static int
take_cues(const json_t *answer, const char *name, const char *text_name,
    enum transcript_form form, struct cues *cues, struct err *err)
{
	const char *text = json_string_value(json_object_get(answer, "text"));

	if (!json_is_array(json_object_get(answer, name)))
		return refuse_missing(answer, name, form, err);
	if (read_cues(answer, name, text_name, cues, err) != 0)
		return -1;
	if (cues->n == 0 && !is_blank(text))
		return refuse_missing(answer, name, form, err);
	return 0;
}

/* -- times ---------------------------------------------------------------- */

void
transcript_time(double s, char point, struct buf *out)
{
	/* 2.3 s is 2,300, though the nearest double is a little less. */
	int64_t ms = (int64_t)(s * 1000 + 1e-6);

	buf_printf(out, "%02lld:%02d:%02d%c%03d", (long long)(ms / 3600000),
	    (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), point,
	    (int)(ms % 1000));
}

static void
add_times(const struct cue *cue, char point, struct buf *out)
{
	transcript_time(cue->start, point, out);
	buf_add_str(out, " --> ");
	transcript_time(cue->end, point, out);
	buf_add_byte(out, '\n');
}

/* -- texts ---------------------------------------------------------------- */

/* A reader of WebVTT takes these for markup. */
static void
add_vtt_char(char c, struct buf *out)
{
	if (c == '&')
		buf_add_str(out, "&amp;");
	else if (c == '<')
		buf_add_str(out, "&lt;");
	else if (c == '>')
		buf_add_str(out, "&gt;");
	else
		buf_add_byte(out, c);
}

/* SubRip has no escapes: an arrow in a text has one dash. */
static const char *
add_srt_char(const char *p, struct buf *out)
{
	size_t dashes = strspn(p, "-");

	if (dashes > 1 && p[dashes] == '>')
		p += dashes - 1;
	buf_add_byte(out, *p);
	return p;
}

/* The lines of a text that have something in them: an empty one would end
 * its cue. */
static void
add_lines(const char *text, bool is_vtt, struct buf *out)
{
	while (*(text += strspn(text, " \t\r\n")) != '\0') {
		size_t len = strcspn(text, "\r\n");
		const char *end = text + len;

		while (end[-1] == ' ' || end[-1] == '\t')
			end--;
		for (const char *p = text; p < end; p++) {
			if (is_vtt)
				add_vtt_char(*p, out);
			else
				p = add_srt_char(p, out);
		}
		buf_add_byte(out, '\n');
		text += len;
	}
}

static void
write_srt(const struct cues *cues, struct buf *out)
{
	int number = 0;

	for (size_t i = 0; i < cues->n; i++) {
		if (is_blank(cues->items[i].text))
			continue;
		buf_printf(out, "%s%d\n", number > 0 ? "\n" : "", number + 1);
		number++;
		add_times(&cues->items[i], ',', out);
		add_lines(cues->items[i].text, false, out);
	}
}

static void
write_vtt(const struct cues *cues, struct buf *out)
{
	buf_add_str(out, "WEBVTT\n");
	for (size_t i = 0; i < cues->n; i++) {
		if (is_blank(cues->items[i].text))
			continue;
		buf_add_byte(out, '\n');
		add_times(&cues->items[i], '.', out);
		add_lines(cues->items[i].text, true, out);
	}
}

/* -- JSON ----------------------------------------------------------------- */

static json_t *
segments_of(const struct cues *cues)
{
	json_t *list = json_array();

	for (size_t i = 0; i < cues->n; i++)
		json_array_append_new(
		    list, json_pack("{s:i, s:f, s:f, s:s}", "id", (int)i,
			      "start", cues->items[i].start, "end",
			      cues->items[i].end, "text", cues->items[i].text));
	return list;
}

static json_t *
words_of(const struct cues *cues)
{
	json_t *list = json_array();

	for (size_t i = 0; i < cues->n; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:f, s:f}", "word",
			      cues->items[i].text, "start",
			      cues->items[i].start, "end", cues->items[i].end));
	return list;
}

static double
end_of(const struct cues *cues, double end)
{
	for (size_t i = 0; i < cues->n; i++) {
		if (cues->items[i].end > end)
			end = cues->items[i].end;
	}
	return end;
}

static void
add_json(json_t *object, struct buf *out)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9));

	buf_add_str(out, text);
	free(text);
	json_decref(object);
}

/* Where the answer does not say how long the recording is, it is as long as
 * what was heard in it. */
static void
write_verbose(const json_t *answer, const struct transcript_ask *ask,
    const struct cues *segments, const struct cues *words, struct buf *out)
{
	const json_t *said = json_object_get(answer, "duration");
	const char *language =
	    json_string_value(json_object_get(answer, "language"));
	json_t *o = json_object();

	if (language == NULL)
		language = ask->language;
	json_object_set_new(o, "task", json_string(ask->task));
	if (language != NULL)
		json_object_set_new(o, "language", json_string(language));
	json_object_set_new(o, "duration",
	    json_real(is_time(said) ? json_number_value(said)
				    : end_of(words, end_of(segments, 0))));
	json_object_set(o, "text", json_object_get(answer, "text"));
	if (ask->segments)
		json_object_set_new(o, "segments", segments_of(segments));
	if (ask->words)
		json_object_set_new(o, "words", words_of(words));
	add_json(o, out);
}

/* -- the whole ------------------------------------------------------------ */

static int
write_timed(const json_t *answer, const struct transcript_ask *ask,
    struct buf *out, struct err *err)
{
	struct cues segments = {0}, words = {0};
	bool is_verbose = ask->form == TRANSCRIPT_VERBOSE;
	int result = 0;

	if (!is_verbose || ask->segments)
		result = take_cues(
		    answer, "segments", "text", ask->form, &segments, err);
	if (result == 0 && is_verbose && ask->words)
		result =
		    take_cues(answer, "words", "word", ask->form, &words, err);
	if (result == 0 && is_verbose)
		write_verbose(answer, ask, &segments, &words, out);
	else if (result == 0 && ask->form == TRANSCRIPT_SRT)
		write_srt(&segments, out);
	else if (result == 0)
		write_vtt(&segments, out);
	free(segments.items);
	free(words.items);
	return result;
}

int
transcript_write(const json_t *answer, const struct transcript_ask *ask,
    struct buf *out, struct err *err)
{
	const json_t *text = json_object_get(answer, "text");

	if (!json_is_string(text))
		return refuse_missing(answer, "text", ask->form, err);
	switch (ask->form) {
	case TRANSCRIPT_JSON:
		add_json(
		    json_pack("{s:s}", "text", json_string_value(text)), out);
		return 0;
	case TRANSCRIPT_TEXT:
		buf_printf(out, "%s\n", json_string_value(text));
		return 0;
	case TRANSCRIPT_SRT:
	case TRANSCRIPT_VTT:
	case TRANSCRIPT_VERBOSE:
		return write_timed(answer, ask, out, err);
	}
	return -1;
}
