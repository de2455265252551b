/*
 * What a fuzz target is given: bytes, of which the first few choose what is
 * done with the rest. Reading past the end gives zeros.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry; replay.c calls it, too. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct input {
	const uint8_t *data;
	size_t len;
};

uint8_t input_byte(struct input *);
uint16_t input_u16(struct input *);
uint64_t input_u64(struct input *);
/* The next len bytes; zeros behind what is there. */
void input_bytes(struct input *, uint8_t *out, size_t len);

/* What is left as a text of its own, and as bytes of their exact size, so
 * that a step too far is noticed. The caller frees. */
char *input_text(const struct input *);
uint8_t *input_copy(const struct input *);

/* What is left as JSON; NULL if it is not. The caller decrefs. */
json_t *input_json(const struct input *);

/* End the run here, as a finding, unless it holds. */
void input_must(int holds, const char *what);

#endif
