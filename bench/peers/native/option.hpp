// Twin of assembly/option.ts.
#pragma once
#include "lanes.hpp"
#ifndef OSIDE
#define OSIDE 2
#endif
#define OEACH UNROLL for (int i = 0; i < OSIDE; i++)
#ifndef UNROLL
#define UNROLL _Pragma("GCC unroll 8")
#endif
INLINE Real P(Real a, Real y) {
  if (PH) return 220.206867912376 + a * (221.213596169931 + a * (112.079291497871 + a * (33.912866078383 + a * (6.37396220353165 + a * (0.700383064443688 + a * 3.52624965998911e-2)))));
  return (220.206867912376 + y * (112.079291497871 + y * (6.37396220353165 + y * 3.52624965998911e-2))) + a * (221.213596169931 + y * (33.912866078383 + y * 0.700383064443688));
}
INLINE Real Q(Real a, Real y) {
  if (PH) return 440.413735824752 + a * (793.826512519948 + a * (637.333633378831 + a * (296.564248779674 + a * (86.7807322029461 + a * (16.064177579207 + a * (1.75566716318264 + a * 8.83883476483184e-2))))));
  return (440.413735824752 + y * (637.333633378831 + y * (86.7807322029461 + y * 1.75566716318264))) + a * (793.826512519948 + y * (296.564248779674 + y * (16.064177579207 + y * 8.83883476483184e-2)));
}
static void addCalls(double* values, const double* x, const double* spot, int count, const double* options, int optionCount) {
  for (int o = 0; o < optionCount; o++, options += 5) {
    const Real inverse = splat(options[0]), shift = splat(options[1]), deviation = splat(options[2]), forward = splat(options[3]), strike = splat(options[4]);
    const Word sign = splatWord(0x8000000000000000);
    for (int p = 0; p < count; p += LANES * OSIDE) {
      Real d[OSIDE], e[OSIDE], a[OSIDE], b[OSIDE], y[OSIDE], z[OSIDE], qq[OSIDE], pq[OSIDE], qp[OSIDE];
      OEACH {
        d[i] = load(x + p + i * LANES) * inverse + shift; e[i] = d[i] - deviation;
        a[i] = smaller(absolute(d[i]), splat(37.6)); b[i] = smaller(absolute(e[i]), splat(37.6));
        y[i] = a[i] * a[i]; z[i] = b[i] * b[i];
      }
      OEACH {
        const Real pa = P(a[i], y[i]), qa = Q(a[i], y[i]), pb = P(b[i], z[i]), qb = Q(b[i], z[i]);
        qq[i] = qa * qb; pq[i] = pa * qb; qp[i] = pb * qa;
      }
      OEACH {
        const Real t = z[i] * -0.72134752044448170368, s = t + 6755399441055744.0, f = t - (s - 6755399441055744.0);
        const Real ff = f * f, f4 = ff * ff;
        const Real g2 = (1.321544258792169e-06 + f * 1.0178062445845774e-07) + ff * (7.072585949269223e-09 + f * 4.4549605981865186e-10);
        const Real g1 = (0.009618129107606888 + f * 0.0013333558146416936) + ff * (0.0001540353044173605 + f * 1.525273382983612e-05);
        const Real g0 = (1.0 + f * 0.6931471805599453) + ff * (0.24022650695910097 + f * 0.0555041086648216);
        const Real g = g0 + f4 * (g1 + f4 * g2);
        const Real w = strike * realOf(bitsOf(g) + (bitsOf(s) << 52)) / qq[i];
        const Real na = pq[i] * w, nb = qp[i] * w, legs = load(spot + p + i * LANES) * forward;
        const Mask ma = d[i] > 0.0, mb = e[i] > 0.0;
        const Real first = realOf(bitsOf(legs) & (Word)ma) + realOf(bitsOf(na) ^ ((Word)ma & sign));
        const Real second = realOf(bitsOf(strike) & (Word)mb) + realOf(bitsOf(nb) ^ ((Word)mb & sign));
        store(values + p + i * LANES, load(values + p + i * LANES) + (first - second));
      }
    }
  }
}
