// Twin of assembly/philox.ts and assembly/normal.ts: the same numbers, bit for bit.
#pragma once
#include "lanes.hpp"

/** Philox rounds of SIDE vectors: words of one counter stand in the low halves of one lane. */
INLINE void philox(Word* c0, Word* c1, Word* c2, Word* c3, const uint32_t* keys) {
  const Word m0 = splatWord(0xd2511f53), m1 = splatWord(0xcd9e8d57);
#pragma GCC unroll 10
  for (int round = 0; round < 10; round++) {
    const Word k0 = splatWord(keys[8 * round]), k1 = splatWord(keys[8 * round + 4]);
    EACH {
      const Word p = multiplyWords(c0[i], m0), q = multiplyWords(c2[i], m1);
      c0[i] = (q >> 32) ^ c1[i] ^ k0;
      c2[i] = (p >> 32) ^ c3[i] ^ k1;
      c1[i] = q;
      c3[i] = p;
    }
  }
}

/** 2^52 + word. */
INLINE Real widen(Word word) {
  return realOf((word & splatWord(0xffffffff)) | splatWord(0x4330000000000000));
}

/** Words of SIDE vectors to pairs of normals in two neighbouring rows. */
INLINE void boxMuller(const Word* radiusWord, const Word* angleWord, double* out, int stride) {
  Real s[SIDE], k[SIDE], z[SIDE], t[SIDE], x[SIDE], sine[SIDE], cosine[SIDE];
  Word q[SIDE];
  EACH {
    const Word m = bitsOf(widen(radiusWord[i]) - 4503599627370495.5) + 0x00095f6200000000;
    const Real f = realOf((m & 0x000fffffffffffff) + 0x3fe6a09e00000000);
    k[i] = realOf((m >> 52) | splatWord(0x4330000000000000)) - 4503599627371551.0;
    s[i] = (f - 1.0) / (f + 1.0);
    z[i] = s[i] * s[i];
  }
  EACH {
    q[i] = angleWord[i] + 0x20000000;
    const Word odd = (Word)((Mask)(q[i] << 33) >> 63);
    t[i] = (widen((q[i] << 1 ^ odd) & 0x7ffffffe) - 4503600701112319.0) * 7.314590396335798e-10;
    x[i] = t[i] * t[i];
  }
  EACH {
    const Real v = x[i] * x[i];
    const Real b = -1.66666666666666324348e-1 + x[i] * 8.33333333332248946124e-3;
    const Real c = -1.98412698298579493134e-4 + x[i] * 2.75573137070700676789e-6;
    const Real d = -2.50507602534068634195e-8 + x[i] * 1.58969099521155010221e-10;
    sine[i] = t[i] + t[i] * x[i] * (b + v * (c + v * d));
    const Real g = 4.16666666666666019037e-2 + x[i] * -1.38888888888741095749e-3;
    const Real h = 2.48015872894767294178e-5 + x[i] * -2.75573143513906633035e-7;
    const Real j = 2.08757232129817482790e-9 + x[i] * -1.13596475577881948265e-11;
    cosine[i] = 1.0 + x[i] * (-0.5 + x[i] * (g + v * (h + v * j)));
  }
  EACH {
    const Real w = z[i] * z[i];
    const Real l = -1.333333333333347026 + z[i] * -7.999999999881883816e-1;
    const Real n = -5.714285748732478298e-1 + z[i] * -4.444439686429956792e-1;
    const Real o = -3.636714432323610024e-1 + z[i] * -3.062767539841874664e-1;
    const Real p = z[i] * ((l + w * n) + (w * w) * (o + w * -2.959639721023317182e-1));
    const Real r = squareRoot(k[i] * -1.38629436111989057245 + s[i] * (-4.0 + p));
    const Real turned = realOf(bitsOf(r) ^ (q[i] << 32 & splatWord(0x8000000000000000)));
    const Mask odd = (Mask)(q[i] << 33) < 0;
    store(out + i * LANES, turned * (odd ? sine[i] : cosine[i]));
    store(out + stride + i * LANES, turned * (odd ? cosine[i] : sine[i]));
  }
}

/** Normals of a list of paths: out [4·blocks × stride], factor-major; count divides by SIDE·LANES. */
static void normals(double* out, const uint32_t* paths, int count, int stride, const uint32_t* keys,
                    uint32_t stream, int firstBlock, int blocks) {
  for (int block = 0; block < blocks; block++) {
    double* rows = out + (size_t)(4 * block) * stride;
    for (int p = 0; p < count; p += SIDE * LANES) {
      Word c0[SIDE], c1[SIDE], c2[SIDE], c3[SIDE];
      EACH {
        c0[i] = loadWords(paths + p + i * LANES);
        c1[i] = splatWord((uint32_t)(firstBlock + block));
        c2[i] = splatWord(stream);
        c3[i] = splatWord(0);
      }
      philox(c0, c1, c2, c3, keys);
      boxMuller(c0, c1, rows + p, stride);
      boxMuller(c2, c3, rows + 2 * stride + p, stride);
    }
  }
}
