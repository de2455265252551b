/* Texts of miners and of the service, in and out. */
#include "validator/submissions_answer.h"

#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"

static const double greatest_score = 1e9;

/* -- answers ------------------------------------------------------------ */

static int
read_status(const json_t *body, struct submissions_answer *a, struct err *err)
{
	const json_t *status = json_object_get(body, "status");
	const char *word = json_string_value(status);
	size_t len;

	if (word == NULL)
		return err_set(err, "no status");
	len = json_string_length(status);
	if (len == 0 || len >= sizeof(a->status) ||
	    strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != len)
		return err_set(err, "the status is no word");
	snprintf(a->status, sizeof(a->status), "%s", word);
	a->state = submission_status_of(word);
	return 0;
}

static int
read_score(const json_t *body, struct submissions_answer *a, struct err *err)
{
	const json_t *score =
	    json_object_get(json_object_get(body, "score"), "judge_score");

	a->score = NAN;
	if (a->state != SUBMISSION_COMPLETED)
		return 0;
	if (!json_is_number(score))
		return err_set(err, "completed without a judge_score");
	a->score = json_number_value(score);
	if (!(a->score >= 0 && a->score <= greatest_score))
		return err_set(err, "a judge_score out of range");
	return 0;
}

int
submissions_read_answer(const void *bytes, size_t len,
    struct submissions_answer *a, struct err *err)
{
	json_t *body = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	int failed = -1;

	if (!json_is_object(body))
		err_set(err, "no JSON object");
	else
		failed = read_status(body, a, err);
	if (!failed)
		failed = read_score(body, a, err);
	json_decref(body);
	return failed;
}

/* -- commitments -------------------------------------------------------- */

static uint64_t
hash_of(const struct submission_words *words, const char *hotkey)
{
	char *text = submission_hashed(words, hotkey);
	unsigned char sum[crypto_hash_sha256_BYTES];
	uint64_t hash = 0;

	crypto_hash_sha256(sum, (const unsigned char *)text, strlen(text));
	for (int i = 0; i < 8; i++)
		hash = hash << 8 | sum[i];
	free(text);
	return hash;
}

/* No word has a letter that would have to be escaped. */
static char *
query_of(const struct submission_words *w, const char *hotkey)
{
	return xasprintf("repo_namespace=%s&repo_name=%s&chat_template_type=%s"
			 "&hash=%llu&hotkey=%s",
	    w->namespace, w->name, w->chat_template,
	    (unsigned long long)w->hash, hotkey);
}

void
submissions_read_text(
    const char *text, const char *hotkey, struct submissions_text *t)
{
	struct submission_words words;
	const char *wrong;
	struct err err;

	memset(t, 0, sizeof(*t));
	if (submission_parse(text, &words, &err) != 0) {
		t->wrong = xstrdup(err.text);
		return;
	}
	wrong = submission_wrong(&words, hotkey, hash_of(&words, hotkey));
	if (wrong != NULL) {
		t->wrong = xstrdup(wrong);
		return;
	}
	snprintf(
	    t->repo, sizeof(t->repo), "%s/%s", words.namespace, words.name);
	submission_print_hash(words.hash, t->hash);
	t->query = query_of(&words, hotkey);
}

void
submissions_text_clear(struct submissions_text *t)
{
	free(t->wrong);
	free(t->query);
}
