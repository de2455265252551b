/* Seeds of what goes between us and miners: forms, answers, signed heads. */
#include "tests/fuzz/seed.h"

#include <string.h>

#define PART(name, value)                                                      \
	"--B\r\nContent-Disposition: form-data; name=\"" name                  \
	"\"\r\n\r\n" value "\r\n"
#define FILE_PART(name, value)                                                 \
	"--B\r\nContent-Disposition: form-data; name=\"" name                  \
	"\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" value      \
	"\r\n"
#define END "--B--\r\n"
/* 100 and so many, in two bytes. */
#define OK "d\0"
#define SIXTEEN "0123456789abcdef"

static void
forms(const struct seeds *s)
{
	static const char *const bodies[] = {"",
	    "{\"status\":\"completed\",\"output\":{\"text\":\"x\"}}",
	    "{\"status\":\"failed\",\"error\":\"no\"}", "{\"output\":null}",
	    "{\"output\":[1,2.5,\"\\u00e9\"]}", "[]", "{", "{\"a\":1,\"a\":2}"};
	static const char *const native[] = {END,
	    FILE_PART("result", "bytes") END,
	    PART("status", " Failed ") PART("error", "no") END,
	    PART("output", "{\"a\":1}") END, PART("output", "{") END,
	    FILE_PART("result", "a") FILE_PART("result", "b") END,
	    FILE_PART("result", SIXTEEN SIXTEEN SIXTEEN SIXTEEN "x") END,
	    PART("a", "1") PART("a", "2") "--B"};
	static const char *const dippy[] = {
	    PART("job_id", "01234567-89ab-7cde-8f01-23456789abcd")
		PART("status", "completed") PART("completed_at", "now")
		    FILE_PART("image", "\x89PNG") END,
	    PART("status", "error") FILE_PART("image", "") END};
	static const char nul_field[] = PART("a", "1\0") PART("a", "2") END;

	static const char *const encoded[] = {"", "a=1&a=2&&status=failed",
	    "a+b=%21%c3%A9&=x&a", "a=%0", "a=%00", "a=%4g", "%=1",
	    "a=123456789"};

	SEED_ALL(s, "form", "\1", bodies);
	SEED_ALL(s, "form", "\20", encoded);
	SEED_ALL(s, "form", "\60", encoded);
	SEED_ALL(s, "form", "\40", native);
	seed_put(s, "form", "\20", 1, "a=\0b", 4);
	seed_put(s, "form", "\0", 1, nul_field, sizeof(nul_field) - 1);
	seed_text(s, "form", "\30", "a=1");
	SEED_ALL(s, "form", "\0", native);
	SEED_ALL(s, "form", "\2", dippy);
	seed_text(s, "form", "\4", "of no form");
	SEED_ALL(s, "form", "\10", native);
	seed_text(s, "form", "\11", "{\"output\":\"\"}");
	seed_text(s, "form", "\10",
	    PART("error", "a long one") "                                  "
					"                                  ");
}

static void
answers(const struct seeds *s)
{
	/* Status, header, body; the kind is in front. */
	static const char *const bodies[] = {OK "200\n{\"o\":\"aGk=\"}",
	    OK "\n{\"o\":\"\"}", OK "500\n{}", OK "x\n{\"o\":\"!\"}",
	    OK "200\n{\"o\":{\"t\":\"x\"}}", OK "200\n{\"o\":\"plain\"}",
	    OK "200\n{\"o\":\"aGk=\",\"e\":\"no\"}", OK "200\nno",
	    OK "200\n{\"o\":\"eyJ0IjogIngifQ==\"}", OK "408\n"};
	static const char *const kinds[] = {"{}",
	    "{\"output\":{\"field\":\"o\",\"as\":\"json\"}}",
	    "{\"output\":{\"field\":\"o\",\"as\":\"text\",\"text\":\"t\"},"
	    "\"fields\":{\"a\":{\"param\":\"text\",\"as\":\"base64\"},"
	    "\"b\":7,\"c\":{\"param\":\"n\"}},\"hash_fields\":[\"a\",\"b\"],"
	    "\"slots\":4,\"error\":\"e\"}",
	    "{\"output\":{\"field\":\"o\",\"as\":\"base64\"},"
	    "\"hash_fields\":[\"f\",\"b\"]}",
	    "{\"output\":{\"field\":\"o\",\"as\":\"base64\"},"
	    "\"fields\":{\"a\":{\"input\":\"base64\"}}}",
	    "{\"output\":{\"field\":\"o\",\"as\":\"base64\"},"
	    "\"fields\":{\"a\":[]},\"hash_fields\":[\"a\"]}",
	    "{\"defaults\":{\"width\":1024},\"at_most\":{\"n\":10}}",
	    "{\"defaults\":{\"seed\":1}}", "{\"at_most\":{\"n\":\"x\"}}", "7"};
	static const char *const values[] = {"{\"a\":[1,2.5,-0.0,1e300,1e-7],"
					     "\"b\":\"\\u00e9\\ud83d\\ude00\"}",
	    "0.1", "1e16", "true", "null", "\"\\u0000\\u001f\"", "-7"};

	for (char gives = 0; gives < 4; gives++) {
		const char head[2] = {0, gives};

		for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
			seed_put(s, "synapse", head, 2, bodies[i],
			    2 + strlen(bodies[i] + 2));
	}
	for (char which = 0; which < 3; which++) {
		const char head[2] = {1, which};

		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			seed_put(
			    s, "synapse", head, 2, kinds[i], strlen(kinds[i]));
	}
	SEED_ALL(s, "synapse", "\2", values);
}

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define OWN "5EtM9iXMAYRsmt6aoQAoWNDX6yaBnjhmnEQhWKv8HpwkVtML"
#define UUID "01234567-89ab-7cde-8f01-23456789abcd"
#define SIG "0x" SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN
#define HEADS(auth, sig, ts, id, by, to)                                       \
	auth "\n" sig "\n" ts "\n" id "\n" by "\n" to "\n{}"

static void
heads(const struct seeds *s)
{
	static const char *const strangers[] = {"",
	    HEADS("Epistula " SIG, SIG, "1764547200000", UUID, ALICE, OWN),
	    HEADS("Epistula " SIG, "", " 01764547200000 ", "u", ALICE, OWN),
	    HEADS("Epistula " SIG, "0x12", "1", UUID, ALICE, OWN),
	    HEADS("Epistula 0x12", "", "1764547200000", UUID, ALICE, OWN),
	    HEADS("Bearer x", "", "1", "u", "x", "y"),
	    HEADS("Epistula " SIG, SIG, "1764547200000", UUID, "nobody", OWN),
	    HEADS("Epistula " SIG, SIG, "1764547300000", UUID, ALICE, OWN)};
	static const char *const messages[] = {SIXTEEN SIXTEEN SIXTEEN SIXTEEN
	    "." UUID ".1764547200000." OWN,
	    SIXTEEN SIXTEEN SIXTEEN SIXTEEN "." UUID ".1.", "..."};
	/* body, uuid, sender, receiver, time, signature */
	static const char *const good[] = {
	    "{}", UUID, ALICE, OWN, " 01764547200000", "Epistula " SIG};

	for (char absent = 0; absent < 64; absent++) {
		const char head[2] = {0, absent};

		seed_put(
		    s, "epistula", head, 2, strangers[1], strlen(strangers[1]));
	}
	SEED_ALL(s, "epistula", "\0", strangers);
	for (char which = 0; which < 6; which++) {
		const char head[2] = {1, which};

		seed_put(s, "epistula", head, 2, good[(int)which],
		    strlen(good[(int)which]));
		seed_put(s, "epistula", head, 2, "x", 1);
	}
	SEED_ALL(s, "epistula", "\2", messages);
	seed_text(s, "epistula", "\3", "aaabacadaeafagahaiajakalamanaoapaqara");
	seed_text(s, "epistula", "\3", "a\1a\1a\377a\377a\377a\377a\1b\2c\3");
}

void
seed_wires(const struct seeds *s)
{
	forms(s);
	answers(s);
	heads(s);
}
