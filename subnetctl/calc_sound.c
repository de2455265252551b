/* subnetctl calc of recordings: how near one is to another. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/sdr.h"
#include "scorer/wav.h"
#include "subnetctl/calc.h"
#include "subnetctl/chain_input.h"

enum { MAX_FILE = 64 * 1024 * 1024 };

/* "RIFF", whatever follows. */
static const char base64_begin[] = "UklGR";

struct recording {
	double *at;
	size_t n;
	uint32_t rate_hz;
};

struct recordings {
	struct recording reference, estimate;
};

static int
decode_base64(const char *text, struct buf *out, struct err *err)
{
	size_t len = strlen(text), room = len / 4 * 3 + 3, got;

	if (sodium_base642bin(buf_reserve(out, room), room, text, len,
		" \t\r\n", &got, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return err_set(err, "not base64");
	out->len += got;
	return 0;
}

static int
samples_of(const struct buf *file, struct recording *r, struct err *err)
{
	struct wav w;

	if (wav_parse(file->data, file->len, &w, err) != 0)
		return -1;
	r->rate_hz = w.rate_hz;
	r->n = w.frames;
	r->at = xcalloc(w.frames + 1, sizeof(*r->at));
	return wav_mono(&w, r->at, err);
}

static int
read_recording(
    const json_t *in, const char *name, struct recording *r, struct err *err)
{
	const char *text = calc_text(in, name, err);
	struct buf file = {0};
	int failed;

	if (text == NULL)
		return -1;
	if (strncmp(text, base64_begin, strlen(base64_begin)) == 0)
		failed = decode_base64(text, &file, err);
	else
		failed = chain_file(text, MAX_FILE, &file, err);
	if (!failed)
		failed = samples_of(&file, r, err);
	if (failed)
		err_wrap(err, "\"%s\"", name);
	buf_free(&file);
	return failed;
}

static int
read_both(const json_t *in, struct recordings *both, struct err *err)
{
	if (read_recording(in, "reference_wav", &both->reference, err) != 0 ||
	    read_recording(in, "estimate_wav", &both->estimate, err) != 0)
		return -1;
	if (both->reference.rate_hz != both->estimate.rate_hz)
		return err_set(err, "rates differ: %u and %u samples a second",
		    both->reference.rate_hz, both->estimate.rate_hz);
	return 0;
}

static void
recordings_clear(struct recordings *both)
{
	free(both->reference.at);
	free(both->estimate.at);
}

static struct sdr_sound
sound_of(const struct recording *r)
{
	return (struct sdr_sound){r->at, r->n};
}

int
calc_si_sdr(const json_t *in, json_t **out, struct err *err)
{
	struct recordings both = {0};
	bool zero_mean = true;
	int failed = -1;
	double db;

	if (calc_opt_bool(in, "zero_mean", &zero_mean, err) == 0 &&
	    read_both(in, &both, err) == 0)
		failed = sdr_si(sound_of(&both.reference),
		    sound_of(&both.estimate), zero_mean, &db, err);
	if (!failed)
		*out = calc_value(db);
	recordings_clear(&both);
	return failed;
}

int
calc_segmental_snr(const json_t *in, json_t **out, struct err *err)
{
	struct recordings both = {0};
	int failed = -1;
	double db;

	if (read_both(in, &both, err) == 0)
		failed = sdr_segmental(sound_of(&both.reference),
		    sound_of(&both.estimate), both.reference.rate_hz, &db, err);
	if (!failed)
		*out = calc_value(db);
	recordings_clear(&both);
	return failed;
}
