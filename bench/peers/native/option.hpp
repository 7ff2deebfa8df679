// Twins of assembly/option.ts and of the exponential of assembly/vector-math.ts.
#pragma once
#include "lanes.hpp"

INLINE Real numerator(Real a) {
  return 220.206867912376 + a * (221.213596169931 + a * (112.079291497871 + a * (33.912866078383 +
    a * (6.37396220353165 + a * (0.700383064443688 + a * 3.52624965998911e-2)))));
}

INLINE Real denominator(Real a) {
  return 440.413735824752 + a * (793.826512519948 + a * (637.333633378831 + a * (296.564248779674 +
    a * (86.7807322029461 + a * (16.064177579207 + a * (1.75566716318264 + a * 8.83883476483184e-2))))));
}

/** 2^f for |f| ≤ 1/2. */
INLINE Real power(Real f) {
  const Real ff = f * f, f4 = ff * ff;
  const Real high = (1.321544258792169e-6 + f * 1.0178062445845774e-7) + ff * (7.072585949269223e-9 + f * 4.4549605981865186e-10);
  const Real middle = (0.009618129107606888 + f * 0.0013333558146416936) + ff * (0.0001540353044173605 + f * 1.525273382983612e-5);
  const Real low = (1.0 + f * 0.6931471805599453) + ff * (0.24022650695910097 + f * 0.0555041086648216);
  return low + f4 * (middle + f4 * high);
}

/** Adds the values of calls to a column: values, x, spot [count], options [optionCount × 5]. */
static void addCalls(double* values, const double* x, const double* spot, int count,
                     const double* options, int optionCount) {
  constexpr int PAIR = 2; // four side by side spill
  const Word sign = splatWord(0x8000000000000000);
  for (int option = 0; option < optionCount; option++, options += 5) {
    const Real inverse = splat(options[0]), shift = splat(options[1]), deviation = splat(options[2]);
    const Real forward = splat(options[3]), strike = splat(options[4]);
    for (int p = 0; p < count; p += PAIR * LANES) {
      Real d[PAIR], e[PAIR], z[PAIR], qq[PAIR], pq[PAIR], qp[PAIR];
#pragma GCC unroll 2
      for (int i = 0; i < PAIR; i++) {
        d[i] = load(x + p + i * LANES) * inverse + shift;
        e[i] = d[i] - deviation;
        const Real a = smaller(absolute(d[i]), splat(37.6)), b = smaller(absolute(e[i]), splat(37.6));
        const Real pa = numerator(a), qa = denominator(a), pb = numerator(b), qb = denominator(b);
        z[i] = b * b, qq[i] = qa * qb, pq[i] = pa * qb, qp[i] = pb * qa;
      }
#pragma GCC unroll 2
      for (int i = 0; i < PAIR; i++) {
        const Real t = z[i] * -0.72134752044448170368, s = t + 6755399441055744.0;
        const Real g = power(t - (s - 6755399441055744.0));
        const Real w = strike * realOf(bitsOf(g) + (bitsOf(s) << 52)) / qq[i];
        const Real na = pq[i] * w, nb = qp[i] * w, leg = load(spot + p + i * LANES) * forward;
        const Word isIn = (Word)(d[i] > 0.0), isOwed = (Word)(e[i] > 0.0);
        const Real first = realOf(bitsOf(leg) & isIn) + realOf(bitsOf(na) ^ (isIn & sign));
        const Real second = realOf(bitsOf(strike) & isOwed) + realOf(bitsOf(nb) ^ (isOwed & sign));
        add(values + p + i * LANES, first - second);
      }
    }
  }
}

/** e^x; arguments outside [-708, 709] are held at the bounds. */
INLINE Real exponential(Real argument) {
  const Real x = smaller(splat(709.0), larger(splat(-708.0), argument));
  const Real shifted = x * 1.44269504088896338700 + 6755399441055744.0;
  const Real k = shifted - 6755399441055744.0;
  const Real high = x - k * 6.93147180369123816490e-1, low = k * 1.90821492927058770002e-10;
  const Real r = high - low, z = r * r, z2 = z * z;
  const Real q0 = 0.5000000000000001 + 0.16666666666666669 * r;
  const Real q1 = 0.04166666666662413 + 0.008333333333330062 * r;
  const Real q2 = 0.0013888888917213717 + 0.00019841269863053618 * r;
  const Real q3 = 2.4801521295954376e-5 + 2.7557268459997064e-6 * r;
  const Real q4 = 2.7620088445409746e-7 + 2.510038549551032e-8 * r;
  const Real q = (q0 + q1 * z) + z2 * ((q2 + q3 * z) + z2 * q4);
  const Real y = 1.0 + (high - (low - z * q));
  return y * realOf((bitsOf(shifted) + 1023) << 52);
}

static void exponentials(double* out, const double* x, int count) {
  for (int p = 0; p < count; p += LANES) store(out + p, exponential(load(x + p)));
}
