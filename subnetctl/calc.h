/*
 * subnetctl calc NAME < input.json: the scorer's formulas, one at a time, for
 * those who check us and for miners who ask "what if". docs/calc.md says what
 * each takes and gives.
 *
 * Each is one function of the list below, in a file named after its group. It
 * needs nothing but its input: one JSON object in, one out. Where the input is
 * a text alone, the object's member CALC_TEXT is it.
 */
#ifndef SUBNETCTL_CALC_H
#define SUBNETCTL_CALC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

/* Bytes of a formula's JSON: room for 65,536 miners, and for recordings. */
enum { CALC_MAX_INPUT = 64 * 1024 * 1024 };

#define CALC_TEXT ""

/* 0 and *out, the caller's; or -1 and which field is wrong, and why. */
typedef int calc_function(const json_t *in, json_t **out, struct err *);

calc_function calc_dippy_job_score, calc_dippy_ema;
calc_function calc_dippy_select_weights;
calc_function calc_win_rate, calc_weights_curve, calc_u16;
calc_function calc_violet_score_v1, calc_violet_score_v2, calc_violet_final_v2,
    calc_violet_tracker;
calc_function calc_wer, calc_cer, calc_chrf, calc_bleu, calc_rouge_l;
calc_function calc_difflib;
calc_function calc_si_sdr, calc_segmental_snr;
calc_function calc_engage_signature, calc_engage_baseline,
    calc_engage_first_scores, calc_engage_absolute, calc_engage_rate,
    calc_engage_emit, calc_engage_entropy, calc_engage_statistical,
    calc_engage_temporal, calc_engage_combine, calc_engage_penalty,
    calc_engage_top5, calc_engage_growth;

/* -- what they read ------------------------------------------------------ */

/* 0, or -1 and what is wrong with the member. The value is the number, or
 * minus infinity for the text "-inf". */
int calc_real(const json_t *in, const char *name, double *, struct err *);
/* As calc_real; *value stays as it is where the member is missing or null. */
int calc_opt_real(const json_t *in, const char *name, double *, struct err *);
int calc_opt_bool(const json_t *in, const char *name, bool *, struct err *);
/* Borrowed text; NULL, and why. */
const char *calc_text(const json_t *in, const char *name, struct err *);
/* Borrowed array of at most max members; NULL, and why. */
const json_t *calc_array(
    const json_t *in, const char *name, size_t max, struct err *);

/* -- what they give ------------------------------------------------------ */

/* A number; minus infinity is the text "-inf", what is no number is null. */
json_t *calc_number(double);

json_t *calc_numbers(const double *, size_t n);

/* {"value": v} */
json_t *calc_value(double);

#endif
