/*
 * Bytes that grow.
 *
 * A struct buf is zero-initialised by `= {0}` and emptied by buf_free().
 * buf_str() keeps a NUL behind the bytes, so text can be handed on as it is.
 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
};

void buf_free(struct buf *);  /* safe on an empty one; leaves it empty */
void buf_reset(struct buf *); /* length 0, memory kept */
void buf_add(struct buf *, const void *, size_t len);
void buf_add_byte(struct buf *, uint8_t);
void buf_add_str(struct buf *, const char *);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for len more bytes; the caller fills them and adds to ->len. */
uint8_t *buf_reserve(struct buf *, size_t len);
/* Drop len bytes from the front. */
void buf_drop(struct buf *, size_t len);
/* The bytes as a string; borrowed until the next change. */
const char *buf_str(struct buf *);
/* The bytes as a string the caller frees; the buf is left empty. */
char *buf_take_str(struct buf *);

#endif
