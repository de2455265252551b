/* Whether a kind takes a file, by what was measured of it. */
#include "orchestrator/probe_verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "orchestrator/kinds.h"

static const struct {
	const char *code, *fix;
} known_faults[] = {
    {"bad_media", "make the file again, and see that it plays or opens"},
    {"bad_header", "make the file again with a program that writes its header"},
    {"truncated", "send the whole file"},
    {"no_content", "send a file with something in it"},
    {"silent", "say something: it is all below -45 dB of full scale"},
    {"bomb", "send the contents plainly"},
    {"too_many_pixels", "make the picture smaller"},
    {"too_costly", "send it shorter, or in a plainer format"},
};

static const char bad_media[] = "bad_media", silent[] = "silent";

const char *
probe_fault_fix(const char *code)
{
	for (size_t i = 0; i < sizeof(known_faults) / sizeof(known_faults[0]);
	     i++) {
		if (strcmp(known_faults[i].code, code) == 0)
			return known_faults[i].fix;
	}
	return NULL;
}

static const char *
text_of(const json_t *measured, const char *name)
{
	const char *text = json_string_value(json_object_get(measured, name));

	return text != NULL ? text : "";
}

/* Whatever a child says, the reason is one of the list. */
const char *
probe_fault_said(const json_t *measured)
{
	const char *said = text_of(measured, "fault");

	for (size_t i = 0; i < sizeof(known_faults) / sizeof(known_faults[0]);
	     i++) {
		if (strcmp(known_faults[i].code, said) == 0)
			return known_faults[i].code;
	}
	return bad_media;
}

static bool
is_silent(const json_t *measured)
{
	const json_t *silence = json_object_get(measured, "silence");

	return json_is_number(silence) && json_number_value(silence) >= 1;
}

/* -- inputs -------------------------------------------------------------- */

/* "audio/wav, audio/mpeg": what the kind takes; the caller frees. */
static char *
types_taken(const struct kind *kind)
{
	struct buf list = {0};
	json_t *type;
	size_t i;

	json_array_foreach(kind->input_types, i, type)
	{
		buf_printf(
		    &list, "%s%s", i > 0 ? ", " : "", json_string_value(type));
	}
	return buf_take_str(&list);
}

static void
refuse_type(
    const struct kind *kind, const char *type, struct probe_verdict *out)
{
	char *taken = types_taken(kind);

	out->status = 415;
	out->code = "wrong_input_type";
	snprintf(out->why, sizeof(out->why),
	    "input is %s by its bytes; %s takes %s", type, kind->name, taken);
	free(taken);
}

static void
refuse_fault(
    const struct kind *kind, const json_t *measured, struct probe_verdict *out)
{
	const char *why = text_of(measured, "why");
	char *taken = types_taken(kind);

	out->status = 422;
	out->code = probe_fault_said(measured);
	snprintf(out->why, sizeof(out->why),
	    "input is broken: %s; %s; %s takes %s",
	    why[0] != '\0' ? why : "it does not decode",
	    probe_fault_fix(out->code), kind->name, taken);
	free(taken);
}

void
probe_judge_input(const struct kind *kind, enum probe_outcome outcome,
    const json_t *measured, struct probe_verdict *out)
{
	const char *type = text_of(measured, "type");

	*out = (struct probe_verdict){.status = 200, .code = ""};
	switch (outcome) {
	case PROBE_BROKEN:
		out->status = 503;
		out->code = "unavailable";
		snprintf(out->why, sizeof(out->why),
		    "the input could not be looked at; nothing was stored");
		return;
	case PROBE_MEASURED:
		if (!kind_takes(kind, type))
			refuse_type(kind, type, out);
		return;
	case PROBE_BAD:
		/* What is of no use, even whole, is said to be so. */
		if (type[0] != '\0' && !kind_takes(kind, type))
			refuse_type(kind, type, out);
		else
			refuse_fault(kind, measured, out);
		return;
	}
}

/* -- results ------------------------------------------------------------- */

const char *
probe_judge_result(
    const struct kind *kind, enum probe_outcome outcome, const json_t *measured)
{
	const char *type = text_of(measured, "type");

	if (type[0] != '\0' && !kind_gives(kind, type))
		return "wrong_type";
	if (outcome != PROBE_MEASURED)
		return probe_fault_said(measured);
	return kind->is_speech && is_silent(measured) ? silent : NULL;
}
