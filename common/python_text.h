/*
 * JSON values as Python writes them: miners' protocols are defined by what
 * their Python says, and bodies are hashed and signed byte for byte.
 *
 * Pure. Numbers have the fewest digits that give their bits back, as
 * Python's repr() has them.
 */
#ifndef COMMON_PYTHON_TEXT_H
#define COMMON_PYTHON_TEXT_H

#include <jansson.h>

struct buf;

enum { PYTHON_MAX_REAL = 32 };

/* repr() of a finite double: "4.0", "0.1", "1e+16". */
void python_real(double v, char out[PYTHON_MAX_REAL]);

/* json.dumps(v, separators=(",", ":")): compact and ASCII, members in their
 * order, other characters as \u and lower-case hex. The caller frees. */
char *python_json(const json_t *);

/* str() of a text, a number, true, false or null: "True", "None". 0, or -1
 * and nothing added: it is an array or an object. */
int python_str(const json_t *, struct buf *out);

#endif
