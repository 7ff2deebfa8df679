// Vectors of LANES doubles, so that one source builds at 128, 256 and 512 bits.
#pragma once
#include <cstdint>
#include <cstring>
#include <immintrin.h>

#ifndef LANES
#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define LANES 8
#elif defined(__AVX2__)
#define LANES 4
#else
#define LANES 2
#endif
#endif

typedef double Real __attribute__((vector_size(8 * LANES)));
typedef uint64_t Word __attribute__((vector_size(8 * LANES)));
typedef int64_t Mask __attribute__((vector_size(8 * LANES)));

#define INLINE static inline __attribute__((always_inline))

INLINE Real splat(double x) { return x - (Real){}; }
INLINE Word splatWord(uint64_t x) { return x - (Word){}; }
INLINE Word bitsOf(Real x) { return (Word)x; }
INLINE Real realOf(Word x) { return (Real)x; }
INLINE Real load(const double* at) { Real x; memcpy(&x, at, sizeof x); return x; }
INLINE void store(double* at, Real x) { memcpy(at, &x, sizeof x); }

/** One 32-bit number per lane, zero-extended. */
INLINE Word loadWords(const uint32_t* at) {
  Word x;
  for (int lane = 0; lane < LANES; lane++) x[lane] = at[lane];
  return x;
}

#if LANES == 8
INLINE Real squareRoot(Real x) { return (Real)_mm512_sqrt_pd((__m512d)x); }
INLINE Word multiplyWords(Word a, Word b) { return (Word)_mm512_mul_epu32((__m512i)a, (__m512i)b); }
#elif LANES == 4
INLINE Real squareRoot(Real x) { return (Real)_mm256_sqrt_pd((__m256d)x); }
INLINE Word multiplyWords(Word a, Word b) { return (Word)_mm256_mul_epu32((__m256i)a, (__m256i)b); }
#else
INLINE Real squareRoot(Real x) { return (Real)_mm_sqrt_pd((__m128d)x); }
/** 32×32→64 of the low halves; the high halves may hold anything. */
INLINE Word multiplyWords(Word a, Word b) { return (Word)_mm_mul_epu32((__m128i)a, (__m128i)b); }
#endif

// The pseudo-minimum and -maximum of WebAssembly: b < a ? b : a, a < b ? b : a.
INLINE Real smaller(Real a, Real b) { return b < a ? b : a; }
INLINE Real larger(Real a, Real b) { return a < b ? b : a; }
INLINE Real absolute(Real x) { return realOf(bitsOf(x) & splatWord(0x7fffffffffffffffull)); }
/** `a` where the mask is set, else `b`; the mask is all ones or all zeros in each lane. */
INLINE Real choose(Mask mask, Real a, Real b) { return mask ? a : b; }
