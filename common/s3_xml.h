/*
 * What little of S3's XML we need: the text of one element, and the list that
 * ends a multipart upload. Pure; bytes from outside.
 */
#ifndef COMMON_S3_XML_H
#define COMMON_S3_XML_H

#include <stddef.h>

struct buf;

enum { S3_MAX_TEXT = 1024 }; /* bytes of an element's text */

/* The text of the first element of that name, its entities resolved; NULL if
 * there is none, it has elements in it, or is longer than S3_MAX_TEXT. The
 * caller frees. */
char *s3_xml_text(const void *xml, size_t len, const char *element);

void s3_xml_begin(struct buf *);
void s3_xml_part(struct buf *, int number, const char *etag);
void s3_xml_end(struct buf *);

#endif
