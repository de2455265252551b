/*
 * The exponential and the logarithm, made of + - * / alone, so that every
 * machine computes the same bits: libm's differ between machines with and
 * without fused multiply-add. Within one unit in the last place.
 *
 * Pure.
 */
#ifndef SCORER_MATH_H
#define SCORER_MATH_H

/* NaN gives NaN; what is too large gives infinity, too small 0. */
double math_exp(double);

/* The natural one: -infinity of 0, NaN of what is below. */
double math_log(double);

/* Into 0..1; NaN gives 0. */
double math_clamp01(double);

#endif
