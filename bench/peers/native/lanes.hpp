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
/** All ones or all zeros in each lane. */
typedef int64_t Mask __attribute__((vector_size(8 * LANES)));

#define INLINE static inline __attribute__((always_inline))
/** Four vectors go side by side through every statement: fastest at every width. */
constexpr int SIDE = 4;
#define EACH _Pragma("GCC unroll 4") for (int i = 0; i < SIDE; i++)

INLINE Real splat(double x) { return x - (Real){}; }
INLINE Word splatWord(uint64_t x) { return x - (Word){}; }
INLINE Word bitsOf(Real x) { return (Word)x; }
INLINE Real realOf(Word x) { return (Real)x; }
INLINE Real load(const double* at) { Real x; memcpy(&x, at, sizeof x); return x; }
INLINE void store(double* at, Real x) { memcpy(at, &x, sizeof x); }
INLINE void add(double* at, Real x) { store(at, load(at) + x); }

/** One 32-bit number per lane, zero-extended. */
INLINE Word loadWords(const uint32_t* at) {
  Word x;
  for (int lane = 0; lane < LANES; lane++) x[lane] = at[lane];
  return x;
}

/** 32×32→64 of the low halves; the high halves may hold anything. */
INLINE Word multiplyWords(Word a, Word b) {
#if LANES == 8
  return (Word)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif LANES == 4
  return (Word)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#else
  return (Word)_mm_mul_epu32((__m128i)a, (__m128i)b);
#endif
}

INLINE Real squareRoot(Real x) {
#if LANES == 8
  return (Real)_mm512_sqrt_pd((__m512d)x);
#elif LANES == 4
  return (Real)_mm256_sqrt_pd((__m256d)x);
#else
  return (Real)_mm_sqrt_pd((__m128d)x);
#endif
}

/** One bit per lane. */
INLINE uint32_t lanesOf(Mask m) {
#if LANES == 8
  return _mm512_movepi64_mask((__m512i)m);
#elif LANES == 4
  return _mm256_movemask_pd((__m256d)m);
#else
  return _mm_movemask_pd((__m128d)m);
#endif
}

// The pseudo-minimum and -maximum of WebAssembly.
INLINE Real smaller(Real a, Real b) { return b < a ? b : a; }
INLINE Real larger(Real a, Real b) { return a < b ? b : a; }
INLINE Real absolute(Real x) { return realOf(bitsOf(x) & splatWord(0x7fffffffffffffff)); }
