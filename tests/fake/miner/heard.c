/* What the recogniser prints, as an answer. */
#include "tests/fake/miner/heard.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

struct word {
	char text[64];
	double start, end;
};

struct answer {
	json_t *segments, *words;
	struct buf text, segment; /* the utterance's so far */
	double start, end;	  /* its times */
	size_t left;		  /* words that are not lost */
};

/* "second(2) 3.230 3.660 0.775359": a word, its times and how sure it is. */
static bool
is_timed(const char *line, struct word *w)
{
	double sure;
	int end = 0;

	if (line[0] == '\n' || sscanf(line, "%63s %lf %lf %lf%n", w->text,
				   &w->start, &w->end, &sure, &end) != 4)
		return false;
	end += strspn(line + end, " \r");
	return line[end] == '\0' || line[end] == '\n';
}

/* Silence and noises are no words; which way one was said does not matter. */
static bool
is_word(struct word *w)
{
	w->text[strcspn(w->text, "(")] = '\0';
	return w->text[0] != '\0' && strchr("<[+", w->text[0]) == NULL;
}

static void
end_segment(struct answer *a)
{
	if (a->segment.len > 0)
		json_array_append_new(a->segments,
		    json_pack("{s:f, s:f, s:s}", "start", a->start, "end",
			a->end, "text", buf_str(&a->segment)));
	buf_reset(&a->segment);
}

static void
add_word(struct answer *a, const struct word *w)
{
	if (a->left == 0)
		return;
	a->left--;
	if (a->segment.len == 0)
		a->start = w->start;
	a->end = w->end;
	buf_printf(&a->text, "%s%s", a->text.len > 0 ? " " : "", w->text);
	buf_printf(&a->segment, "%s%s", a->segment.len > 0 ? " " : "", w->text);
	json_array_append_new(
	    a->words, json_pack("{s:s, s:f, s:f}", "word", w->text, "start",
			  w->start, "end", w->end));
}

static const char *
next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line == '\n' ? line + 1 : line;
}

static size_t
count_words(const char *printed)
{
	struct word w;
	size_t n = 0;

	for (const char *p = printed; *p != '\0'; p = next_line(p))
		n += is_timed(p, &w) && is_word(&w);
	return n;
}

json_t *
heard_answer(const char *printed, double lost)
{
	struct answer a = {.segments = json_array(), .words = json_array()};
	struct word w;
	json_t *answer;

	a.left = (size_t)(count_words(printed) * (1 - lost));
	for (const char *p = printed; *p != '\0'; p = next_line(p)) {
		if (!is_timed(p, &w))
			end_segment(&a);
		else if (is_word(&w))
			add_word(&a, &w);
	}
	end_segment(&a);
	answer = json_pack("{s:s, s:o, s:o}", "text", buf_str(&a.text),
	    "segments", a.segments, "words", a.words);
	buf_free(&a.text);
	buf_free(&a.segment);
	return answer;
}
