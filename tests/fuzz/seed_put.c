/* An input from its parts. */
#include "tests/fuzz/seed.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

void
seed_put(const struct seeds *s, const char *fuzzer, const void *head,
    size_t head_len, const void *data, size_t len)
{
	struct buf input = {0};

	if (head_len + len > SEED_MAX_BYTES)
		return;
	buf_add(&input, head, head_len);
	buf_add(&input, data, len);
	s->on_seed(fuzzer, input.data, input.len, s->arg);
	buf_free(&input);
}

void
seed_text(const struct seeds *s, const char *fuzzer, const char *head,
    const char *text)
{
	seed_put(s, fuzzer, head, 1, text, strlen(text));
}

void
seed_each(const struct seeds *s, const char *fuzzer, const char *head,
    const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		seed_text(s, fuzzer, head, texts[i]);
}

void
seed_buf(const struct seeds *s, const char *fuzzer, const void *head,
    size_t head_len, const struct buf *b)
{
	seed_put(s, fuzzer, head, head_len, b->data, b->len);
}

void
seed_all(const struct seeds *s)
{
	seed_texts(s);
	seed_worlds(s);
	seed_rounds(s);
	seed_wires(s);
	seed_claims(s);
	seed_watch(s);
	seed_import(s);
	seed_recorded(s);
}
