/*
 * Zip archives, and Word documents, which are such (PKWARE's APPNOTE 6.3;
 * ECMA-376, part 2): looked at by the list at the end before anything is
 * unpacked, then unpacked a piece at a time into nothing, to see that the
 * list says the truth.
 */
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "common/xalloc.h"
#include "orchestrator/probed.h"
#include "orchestrator/probed_inflate.h"

enum {
	MAX_ENTRIES = 20000,
	MAX_RATIO = 100,     /* unpacked to packed, of the whole; */
	SLACK = 1024 * 1024, /* but so much may be in any */

	END_BYTES = 22,
	MAX_COMMENT = 65535,
	END64_BYTES = 56,
	LOCATOR_BYTES = 20,
	ENTRY_BYTES = 46,
	LOCAL_BYTES = 30,
	STORED = 0,
	DEFLATED = 8,
};

/* What a document may unpack to, and how much of any archive is unpacked for a
 * look; an archive may say more than that. */
#define MAX_DOCUMENT (512ull << 20)
#define MAX_ARCHIVE (8ull << 30)

static const char docx[] =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

struct entry {
	uint64_t at, packed, unpacked;
	unsigned method;
	bool is_encrypted, is_xml;
};

struct zip {
	uint64_t n, list_at, list_end;
	struct entry *entries;
	uint64_t unpacked;
	bool has_main, has_parts, has_types;
};

static unsigned
le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t
le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint64_t
le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* -- where the list is --------------------------------------------------- */

static int
bad_list(struct probed *p)
{
	return probed_fault(p, "bad_media",
	    "its list of files is not where its end says it is");
}

/* Archives of more than 65,535 files or 4 GiB say it a second time. */
static void
read_end64(struct zip *z, int64_t end_at)
{
	uint8_t locator[LOCATOR_BYTES], end[END64_BYTES];

	if (probed_read(end_at - LOCATOR_BYTES, locator, sizeof(locator)) !=
		sizeof(locator) ||
	    le32(locator) != 0x07064b50 ||
	    le64(locator + 8) > (uint64_t)end_at ||
	    probed_read(le64(locator + 8), end, sizeof(end)) != sizeof(end) ||
	    le32(end) != 0x06064b50)
		return;
	z->n = le64(end + 32);
	z->list_end = le64(end + 40);
	z->list_at = le64(end + 48);
}

static int
find_list(struct probed *p, struct zip *z)
{
	static uint8_t tail[END_BYTES + MAX_COMMENT];
	int64_t size = probed_size();
	int64_t from = size > (int64_t)sizeof(tail) ? size - sizeof(tail) : 0;
	ssize_t i = (ssize_t)probed_read(from, tail, sizeof(tail)) - END_BYTES;

	while (i >= 0 && memcmp(tail + i, "PK\5\6", 4) != 0)
		i--;
	if (i < 0)
		return probed_fault(p, "truncated",
		    "its list of files, which stands at its end, is missing; "
		    "there are %lld bytes",
		    (long long)size);
	z->n = le16(tail + i + 10);
	z->list_end = le32(tail + i + 12); /* so far its length */
	z->list_at = le32(tail + i + 16);
	if (z->n == UINT16_MAX || z->list_at == UINT32_MAX)
		read_end64(z, from + i);
	if (z->list_at > (uint64_t)(from + i) ||
	    z->list_end > (uint64_t)(from + i) - z->list_at)
		return bad_list(p);
	z->list_end += z->list_at;
	return 0;
}

/* -- what the list says -------------------------------------------------- */

static bool
ends_with(const char *name, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && strncasecmp(name + len - n, end, n) == 0;
}

static bool
begins_with(const char *name, size_t len, const char *begin)
{
	return len >= strlen(begin) && memcmp(name, begin, strlen(begin)) == 0;
}

static void
note_name(struct zip *z, struct entry *e, const char *name, size_t len)
{
	e->is_xml =
	    ends_with(name, len, ".xml") || ends_with(name, len, ".rels");
	z->has_parts |= begins_with(name, len, "word/");
	z->has_types |= begins_with(name, len, "[Content_Types].xml");
	z->has_main |= begins_with(name, len, "word/document") && e->is_xml;
}

/* Numbers that have no room in the entry stand behind it, in this order. */
static void
read_extra(struct entry *e, const uint8_t *extra, size_t len)
{
	while (len >= 4) {
		size_t n = le16(extra + 2), i = 4;

		if (n > len - 4)
			return;
		if (le16(extra) == 1) {
			uint64_t *const large[] = {
			    &e->unpacked, &e->packed, &e->at};

			for (int k = 0; k < 3; k++) {
				if (*large[k] == UINT32_MAX && i + 8 <= n + 4) {
					*large[k] = le64(extra + i);
					i += 8;
				}
			}
			return;
		}
		extra += 4 + n;
		len -= 4 + n;
	}
}

/* Its bytes in the list, 0 if it is none. */
static size_t
read_entry(struct zip *z, struct entry *e, uint64_t at)
{
	static uint8_t bytes[ENTRY_BYTES], behind[2 * 65535];
	size_t name, extra;

	if (probed_read(at, bytes, sizeof(bytes)) != sizeof(bytes) ||
	    le32(bytes) != 0x02014b50)
		return 0;
	name = le16(bytes + 28);
	extra = le16(bytes + 30);
	if (probed_read(at + ENTRY_BYTES, behind, name + extra) != name + extra)
		return 0;
	e->is_encrypted = (le16(bytes + 8) & 1) != 0;
	e->method = le16(bytes + 10);
	e->packed = le32(bytes + 20);
	e->unpacked = le32(bytes + 24);
	e->at = le32(bytes + 42);
	read_extra(e, behind + name, extra);
	note_name(z, e, (char *)behind, name);
	return ENTRY_BYTES + name + extra + le16(bytes + 32);
}

static int
read_list(struct probed *p, struct zip *z)
{
	uint64_t at = z->list_at;

	if (z->n > MAX_ENTRIES)
		return probed_fault(p, "bomb",
		    "it says that it holds %llu files; at most %d are looked "
		    "at",
		    (unsigned long long)z->n, MAX_ENTRIES);
	z->entries = xcalloc(z->n + 1, sizeof(*z->entries));
	for (uint64_t i = 0; i < z->n; i++) {
		struct entry *e = &z->entries[i];
		size_t n = read_entry(z, e, at);

		if (n == 0 || at + n > z->list_end)
			return bad_list(p);
		at += n;
		if (e->packed > z->list_at || e->at > z->list_at - e->packed)
			return probed_fault(p, "bad_media",
			    "a file in it is said to be where none can be");
		z->unpacked +=
		    e->unpacked <= MAX_ARCHIVE ? e->unpacked : MAX_ARCHIVE + 1;
	}
	return 0;
}

/* -- whether that can be --------------------------------------------------- */

/* Where they do not lie over each other, they have room beside each other. */
static int
check_overlap(struct probed *p, const struct zip *z)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < z->n; i++)
		sum += LOCAL_BYTES + z->entries[i].packed;
	if (sum > z->list_at)
		return probed_fault(p, "bomb",
		    "files in it lie over each other: the same bytes would be "
		    "unpacked more than once");
	return 0;
}

static int
check_list(struct probed *p, const struct zip *z, bool is_document)
{
	uint64_t size = probed_size();
	uint64_t most = is_document ? MAX_DOCUMENT : MAX_ARCHIVE;

	if (z->unpacked > MAX_RATIO * size + SLACK)
		return probed_fault(p, "bomb",
		    "it would unpack from %llu bytes to %llu; at most %d "
		    "times as much may be in it",
		    (unsigned long long)size, (unsigned long long)z->unpacked,
		    MAX_RATIO);
	if (z->unpacked > most)
		return probed_fault(p, "bomb",
		    "it would unpack to %llu bytes; at most %llu may be in it",
		    (unsigned long long)z->unpacked, (unsigned long long)most);
	if (z->n == 0)
		return probed_fault(
		    p, "no_content", "there is not one file in it");
	if (is_document && !z->has_main)
		return probed_fault(
		    p, "bad_media", "word/document.xml, its text, is missing");
	return check_overlap(p, z);
}

/* -- whether it is so ------------------------------------------------------ */

struct look {
	struct probed_finder doctype;
	bool is_xml;
	uint8_t head[8];
	size_t n_head;
};

static bool
on_bytes(const uint8_t *bytes, size_t len, void *arg)
{
	struct look *l = arg;

	for (size_t i = 0; i < len && l->n_head < sizeof(l->head); i++)
		l->head[l->n_head++] = bytes[i];
	if (l->is_xml)
		probed_find(&l->doctype, bytes, len);
	return !l->doctype.is_found;
}

static bool
is_archive(const struct look *l)
{
	static const struct {
		const char *bytes;
		size_t len;
	} magics[] = {{"PK\3\4", 4}, {"\x1f\x8b\x08", 3}, {"7z\xbc\xaf", 4},
	    {"\xfd"
	     "7zXZ",
		5},
	    {"Rar!", 4}, {"BZh", 3}, {"\x28\xb5\x2f\xfd", 4}};

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (l->n_head >= magics[i].len &&
		    memcmp(l->head, magics[i].bytes, magics[i].len) == 0)
			return true;
	}
	return false;
}

static int
check_unpacked(struct probed *p, const struct entry *e, const struct look *l,
    enum probed_unpacked end, uint64_t is, bool is_document)
{
	if (l->doctype.is_found)
		return probed_fault(p, "bomb",
		    "a part of it declares a document type, with which a few "
		    "bytes can be made any number; documents have none");
	if (end == PROBED_UNPACKED_MORE)
		return probed_fault(p, "bomb",
		    "a file in it unpacks to more than the %llu bytes its "
		    "list says",
		    (unsigned long long)e->unpacked);
	if (end == PROBED_UNPACKED_BAD || is != e->unpacked)
		return probed_fault(p, "bad_media",
		    "a file in it cannot be unpacked to what its list says");
	if (!is_document && is_archive(l))
		return probed_fault(
		    p, "bomb", "there is an archive within the archive");
	return 0;
}

static int
unpack_entry(struct probed *p, const struct entry *e, bool is_document)
{
	struct look l = {.is_xml = is_document && e->is_xml};
	uint8_t local[LOCAL_BYTES];
	enum probed_unpacked end;
	uint64_t is;
	int64_t at;

	if (probed_read(e->at, local, sizeof(local)) != sizeof(local) ||
	    le32(local) != 0x04034b50)
		return probed_fault(p, "bad_media",
		    "a file in it is not where its list says it is");
	at = e->at + LOCAL_BYTES + le16(local + 26) + le16(local + 28);
	probed_finder_init(&l.doctype, "<!DOCTYPE");
	end =
	    probed_unpack(e->method == STORED ? PROBED_STORED : PROBED_DEFLATED,
		at, e->packed, e->unpacked, &is, on_bytes, &l);
	return check_unpacked(p, e, &l, end, is, is_document);
}

static bool
is_readable(const struct entry *e)
{
	return !e->is_encrypted &&
	       (e->method == STORED || e->method == DEFLATED);
}

static int
unpack_all(struct probed *p, const struct zip *z, bool is_document)
{
	uint64_t left = MAX_DOCUMENT;

	for (uint64_t i = 0; i < z->n; i++) {
		const struct entry *e = &z->entries[i];

		if (!is_readable(e)) {
			if (is_document)
				return probed_fault(p, "bad_media",
				    "it is encrypted, or packed in a way that "
				    "documents are not");
			continue;
		}
		if (e->unpacked > left)
			break; /* as much as is looked at of an archive */
		left -= e->unpacked;
		if (unpack_entry(p, e, is_document) != 0)
			return -1;
	}
	return 0;
}

int
probed_zip(struct probed *p)
{
	struct zip z = {0};
	bool is_document;

	if (find_list(p, &z) != 0 || read_list(p, &z) != 0)
		return -1;
	is_document = z.has_main || (z.has_parts && z.has_types);
	snprintf(p->type, sizeof(p->type), "%s",
	    is_document ? docx : "application/zip");
	if (check_list(p, &z, is_document) != 0)
		return -1;
	return unpack_all(p, &z, is_document);
}
