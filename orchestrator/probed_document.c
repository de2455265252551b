/* Files that are no media, by how they begin. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/probed.h"

enum { HEAD_BYTES = 512 };

static bool
begins(const char *text, const char *word)
{
	return strncasecmp(text, word, strlen(word)) == 0;
}

/* A page for a browser, which is no plain text: it may hold programs. */
static bool
is_html(const uint8_t *head, size_t n)
{
	static const char *const words[] = {
	    "<!doctype html", "<html", "<head", "<body", "<script", NULL};
	char text[HEAD_BYTES + 1];
	const char *at = text;

	memcpy(text, head, n);
	text[n] = '\0';
	if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (isspace((unsigned char)*at))
		at++;
	for (int i = 0; words[i] != NULL; i++) {
		if (begins(at, words[i]))
			return true;
	}
	return false;
}

int
probed_document(struct probed *p)
{
	uint8_t head[HEAD_BYTES];
	size_t n = probed_read(0, head, sizeof(head));
	const char *type = "text/plain";

	if (n == 0)
		return probed_fault(p, "no_content", "it has no bytes");
	if (n >= 5 && memcmp(head, "%PDF-", 5) == 0)
		return probed_pdf(p);
	if (n >= 4 &&
	    (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0))
		return probed_zip(p);
	if (memchr(head, '\0', n) != NULL)
		type = "application/octet-stream";
	else if (is_html(head, n))
		type = "text/html";
	snprintf(p->type, sizeof(p->type), "%s", type);
	return 0;
}
