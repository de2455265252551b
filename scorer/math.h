/*
 * The exponential, the logarithm and the sine, made of + - * / alone, so that
 * every machine computes the same bits: libm's differ between machines with
 * and without fused multiply-add. The first two within one unit in the last
 * place.
 *
 * Pure.
 */
#ifndef SCORER_MATH_H
#define SCORER_MATH_H

/* NaN gives NaN; what is too large gives infinity, too small 0. */
double math_exp(double);

/* The natural one: -infinity of 0, NaN of what is below. */
double math_log(double);

/* 10 log10(power), the least for a power of 0 and below or NaN. */
double math_decibels(double power, double least);

/* Sine and cosine of pi x, within 4e-16, exact at multiples of a half. |x| up
 * to 2^52; NaN above. */
double math_sin_pi(double x);
double math_cos_pi(double x);

/* Into 0..1; NaN gives 0. */
double math_clamp01(double);

#endif
