// Eight elements at once: five 52-bit limbs, each limb of all eight in one 512-bit register (AVX-512 IFMA).
//
// A product a b 2^-260 mod p is computed; with b given 16-fold it is a b 2^-256 mod p, the product in Montgomery form
// with radix 2^256 that all other code uses. Limbs are "normalised" when they are in [0, 2^52).
// Bounds: for normalised a and b with a b < 2^260 p the raw product is below 2p.
#ifndef FIELD_LANES_H
#define FIELD_LANES_H
#if defined(__x86_64__)
#include <immintrin.h>

#include "element.h"

#define WIDE_VECTORS __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))
#define LANES static inline __attribute__((always_inline, target("avx512f,avx512dq,avx512vl,avx512ifma")))

/// Eight elements, or eight unreduced values.
typedef struct {
  __m512i limb[5];
} Lanes;

/// The constants of a field in every lane.
typedef struct {
  Lanes modulus;
  Lanes twiceModulus;
  __m512i negativeInverse;
} LaneField;

LANES __m512i mask52(void) { return _mm512_set1_epi64((1ll << 52) - 1); }

// MARK: - Between 64-bit and 52-bit limbs

/// Four 64-bit limbs as five 52-bit limbs.
LANES Lanes fromWords(const __m512i w[4]) {
  const __m512i m = mask52();
  Lanes r;
  r.limb[0] = _mm512_and_si512(w[0], m);
  r.limb[1] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w[0], 52), _mm512_slli_epi64(w[1], 12)), m);
  r.limb[2] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w[1], 40), _mm512_slli_epi64(w[2], 24)), m);
  r.limb[3] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w[2], 28), _mm512_slli_epi64(w[3], 36)), m);
  r.limb[4] = _mm512_srli_epi64(w[3], 16);
  return r;
}

/// Sixteen times four 64-bit limbs, as five 52-bit limbs.
LANES Lanes fromWordsTimes16(const __m512i w[4]) {
  const __m512i m = mask52();
  Lanes r;
  r.limb[0] = _mm512_and_si512(_mm512_slli_epi64(w[0], 4), m);
  r.limb[1] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w[0], 48), _mm512_slli_epi64(w[1], 16)), m);
  r.limb[2] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w[1], 36), _mm512_slli_epi64(w[2], 28)), m);
  r.limb[3] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w[2], 24), _mm512_slli_epi64(w[3], 40)), m);
  r.limb[4] = _mm512_srli_epi64(w[3], 12);
  return r;
}

/// Five normalised limbs of values below 2^256 as four 64-bit limbs.
LANES void toWords(__m512i w[4], Lanes a) {
  w[0] = _mm512_or_si512(a.limb[0], _mm512_slli_epi64(a.limb[1], 52));
  w[1] = _mm512_or_si512(_mm512_srli_epi64(a.limb[1], 12), _mm512_slli_epi64(a.limb[2], 40));
  w[2] = _mm512_or_si512(_mm512_srli_epi64(a.limb[2], 24), _mm512_slli_epi64(a.limb[3], 28));
  w[3] = _mm512_or_si512(_mm512_srli_epi64(a.limb[3], 36), _mm512_slli_epi64(a.limb[4], 16));
}

// MARK: - Between eight elements in memory and limbs by lane
// Elements 0 ... 7 are in lanes 0, 2, 1, 3, 4, 6, 5, 7: the order that costs eight shuffles either way.

/// Limbs by lane from four registers of two elements each.
LANES void transposeIn(__m512i w[4], const __m512i z[4]) {
  const __m512i a = _mm512_unpacklo_epi64(z[0], z[1]), b = _mm512_unpackhi_epi64(z[0], z[1]);
  const __m512i c = _mm512_unpacklo_epi64(z[2], z[3]), d = _mm512_unpackhi_epi64(z[2], z[3]);
  w[0] = _mm512_shuffle_i64x2(a, c, 0x88);
  w[1] = _mm512_shuffle_i64x2(b, d, 0x88);
  w[2] = _mm512_shuffle_i64x2(a, c, 0xdd);
  w[3] = _mm512_shuffle_i64x2(b, d, 0xdd);
}

/// The inverse of transposeIn.
LANES void transposeOut(__m512i z[4], const __m512i w[4]) {
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  const __m512i a = _mm512_permutex2var_epi64(w[0], first, w[2]), b = _mm512_permutex2var_epi64(w[1], first, w[3]);
  const __m512i c = _mm512_permutex2var_epi64(w[0], second, w[2]), d = _mm512_permutex2var_epi64(w[1], second, w[3]);
  z[0] = _mm512_unpacklo_epi64(a, b);
  z[1] = _mm512_unpackhi_epi64(a, b);
  z[2] = _mm512_unpacklo_epi64(c, d);
  z[3] = _mm512_unpackhi_epi64(c, d);
}

/// The 64-bit limbs by lane of eight consecutive elements.
LANES void loadWords(__m512i w[4], const uint64_t *elements) {
  __m512i z[4];
  for (int i = 0; i < 4; i++) z[i] = _mm512_loadu_si512(elements + 8 * i);
  transposeIn(w, z);
}

LANES Lanes loadLanes(const uint64_t *elements) {
  __m512i w[4];
  loadWords(w, elements);
  return fromWords(w);
}

LANES Lanes loadLanesTimes16(const uint64_t *elements) {
  __m512i w[4];
  loadWords(w, elements);
  return fromWordsTimes16(w);
}

/// Stores eight elements given by normalised limbs.
LANES void storeLanes(uint64_t *elements, Lanes a) {
  __m512i w[4], z[4];
  toWords(w, a);
  transposeOut(z, w);
  for (int i = 0; i < 4; i++) _mm512_storeu_si512(elements + 8 * i, z[i]);
}

/// One element in every lane.
LANES Lanes broadcast(const uint64_t *element) {
  __m512i w[4];
  for (int i = 0; i < 4; i++) w[i] = _mm512_set1_epi64((long long)element[i]);
  return fromWords(w);
}

/// Sixteen times one element in every lane.
LANES Lanes broadcastTimes16(const uint64_t *element) {
  __m512i w[4];
  for (int i = 0; i < 4; i++) w[i] = _mm512_set1_epi64((long long)element[i]);
  return fromWordsTimes16(w);
}

/// Sixteen times an element, modulo p, as five limbs of 52 bits.
static inline void limbsTimes16Reduced(uint64_t limbs[5], const uint64_t *element, const FieldConstants *field) {
  Element a = loadElement(element);
  for (int i = 0; i < 4; i++) a = addElements(a, a, field);
  const uint64_t m = (1ull << 52) - 1, *w = a.limb;
  limbs[0] = w[0] & m;
  limbs[1] = (w[0] >> 52 | w[1] << 12) & m;
  limbs[2] = (w[1] >> 40 | w[2] << 24) & m;
  limbs[3] = (w[2] >> 28 | w[3] << 36) & m;
  limbs[4] = w[3] >> 16;
}

// MARK: - Arithmetic

/// Moves carries up so that the limbs are normalised; limbs may be signed, the value is in [0, 2^260). Of a negative value
/// above -2^260 the last limb stays negative.
LANES Lanes normalise(Lanes a) {
  const __m512i m = mask52();
  for (int i = 0; i < 4; i++) {
    a.limb[i + 1] = _mm512_add_epi64(a.limb[i + 1], _mm512_srai_epi64(a.limb[i], 52));
    a.limb[i] = _mm512_and_si512(a.limb[i], m);
  }
  return a;
}

/// Limb by limb, without carries.
LANES Lanes addRaw(Lanes a, Lanes b) {
  for (int i = 0; i < 5; i++) a.limb[i] = _mm512_add_epi64(a.limb[i], b.limb[i]);
  return a;
}

/// Limb by limb, without borrows.
LANES Lanes subtractRaw(Lanes a, Lanes b) {
  for (int i = 0; i < 5; i++) a.limb[i] = _mm512_sub_epi64(a.limb[i], b.limb[i]);
  return a;
}

/// In every lane b where the mask is set and a elsewhere.
LANES Lanes blend(__mmask8 mask, Lanes a, Lanes b) {
  for (int i = 0; i < 5; i++) a.limb[i] = _mm512_mask_blend_epi64(mask, a.limb[i], b.limb[i]);
  return a;
}

/// A normalised value less `bound` where it is not below it, normalised.
LANES Lanes subtractIfNotBelow(Lanes a, Lanes bound) {
  const Lanes difference = normalise(subtractRaw(a, bound));
  const __mmask8 below = _mm512_movepi64_mask(difference.limb[4]);
  return blend(below, difference, a);
}

/// A normalised value below p from a raw one below 2p.
LANES Lanes reduceTwice(Lanes a, const LaneField *f) { return subtractIfNotBelow(normalise(a), f->modulus); }

/// A normalised value below p from a raw one below 4p.
LANES Lanes reduceFourTimes(Lanes a, const LaneField *f) {
  return subtractIfNotBelow(subtractIfNotBelow(normalise(a), f->twiceModulus), f->modulus);
}

/// a - b + p for values below p, normalised, below 2p.
LANES Lanes differenceLazy(Lanes a, Lanes b, const LaneField *f) {
  return normalise(addRaw(subtractRaw(a, b), f->modulus));
}

/// A value T of ten raw limbs times 2^-260 mod p, as a raw value below T / 2^260 + p: below 2p for T below 2^260 p.
///
/// Row i adds the multiple m p of the modulus that makes limb i divisible by 2^52, and moves its carry up. That carry
/// is known before m is: limb i is at most cleared, so it is the limb divided by 2^52, rounded up. Every limb gets at
/// most 10 terms below 2^52 here, and may come with 2^10 of them.
LANES Lanes reduceRaw(__m512i c[10], const LaneField *f) {
  const __m512i zero = _mm512_setzero_si512(), round = mask52();
#pragma clang loop unroll(full)
  for (int row = 0; row < 5; row++) {
    const __m512i m = _mm512_madd52lo_epu64(zero, c[row], f->negativeInverse);
    const __m512i carry = _mm512_srli_epi64(_mm512_add_epi64(c[row], round), 52);
    const __m512i high = _mm512_madd52hi_epu64(carry, m, f->modulus.limb[0]);
    for (int i = 1; i < 5; i++) c[row + i] = _mm512_madd52lo_epu64(c[row + i], m, f->modulus.limb[i]);
    c[row + 1] = _mm512_add_epi64(c[row + 1], high);
    for (int i = 1; i < 5; i++) c[row + i + 1] = _mm512_madd52hi_epu64(c[row + i + 1], m, f->modulus.limb[i]);
  }
  Lanes r;
  for (int i = 0; i < 5; i++) r.limb[i] = c[5 + i];
  return r;
}

/// a b 2^-260 mod p as a raw value below 2p; a and b normalised with a b < 2^260 p.
LANES Lanes multiplyRaw(Lanes a, Lanes b, const LaneField *f) {
  __m512i c[10];
  for (int i = 0; i < 10; i++) c[i] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
  for (int i = 0; i < 5; i++) {
    for (int k = 0; k < 5; k++) c[i + k] = _mm512_madd52lo_epu64(c[i + k], a.limb[k], b.limb[i]);
    for (int k = 0; k < 5; k++) c[i + k + 1] = _mm512_madd52hi_epu64(c[i + k + 1], a.limb[k], b.limb[i]);
  }
  return reduceRaw(c, f);
}

/// a a 2^-260 mod p as a raw value below 2p; a normalised with a a < 2^260 p.
LANES Lanes squareRaw(Lanes a, const LaneField *f) {
  __m512i c[10];
  for (int i = 0; i < 10; i++) c[i] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
  for (int i = 0; i < 5; i++)
    for (int k = i + 1; k < 5; k++) {
      c[i + k] = _mm512_madd52lo_epu64(c[i + k], a.limb[k], a.limb[i]);
      c[i + k + 1] = _mm512_madd52hi_epu64(c[i + k + 1], a.limb[k], a.limb[i]);
    }
  for (int i = 1; i < 9; i++) c[i] = _mm512_add_epi64(c[i], c[i]);
  for (int i = 0; i < 5; i++) {
    c[2 * i] = _mm512_madd52lo_epu64(c[2 * i], a.limb[i], a.limb[i]);
    c[2 * i + 1] = _mm512_madd52hi_epu64(c[2 * i + 1], a.limb[i], a.limb[i]);
  }
  return reduceRaw(c, f);
}

// MARK: - Two groups of eight side by side
// A product waits for its own parts two thirds of the time; two that are independent fill each other's gaps.

/// Two groups of eight elements.
typedef struct {
  Lanes half[2];
} TwoLanes;

/// A loop over both, unrolled, so that what it computes stays in registers.
#define EACH_HALF(h) _Pragma("clang loop unroll(full)") for (int h = 0; h < 2; h++)

/// reduceRaw of both halves.
LANES TwoLanes reduceRawTwo(__m512i c[2][10], const LaneField *f) {
  const __m512i zero = _mm512_setzero_si512(), round = mask52();
#pragma clang loop unroll(full)
  for (int row = 0; row < 5; row++) {
    __m512i m[2], high[2];
    EACH_HALF(h) {
      m[h] = _mm512_madd52lo_epu64(zero, c[h][row], f->negativeInverse);
      high[h] = _mm512_srli_epi64(_mm512_add_epi64(c[h][row], round), 52);
    }
    EACH_HALF(h) {
      high[h] = _mm512_madd52hi_epu64(high[h], m[h], f->modulus.limb[0]);
      for (int i = 1; i < 5; i++) c[h][row + i] = _mm512_madd52lo_epu64(c[h][row + i], m[h], f->modulus.limb[i]);
      c[h][row + 1] = _mm512_add_epi64(c[h][row + 1], high[h]);
    }
    EACH_HALF(h)
      for (int i = 1; i < 5; i++)
        c[h][row + i + 1] = _mm512_madd52hi_epu64(c[h][row + i + 1], m[h], f->modulus.limb[i]);
  }
  TwoLanes r;
  EACH_HALF(h)
    for (int i = 0; i < 5; i++) r.half[h].limb[i] = c[h][5 + i];
  return r;
}

/// multiplyRaw of both halves.
LANES TwoLanes multiplyRawTwo(TwoLanes a, TwoLanes b, const LaneField *f) {
  __m512i c[2][10];
  EACH_HALF(h)
    for (int i = 0; i < 10; i++) c[h][i] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
  for (int i = 0; i < 5; i++) {
    EACH_HALF(h)
      for (int k = 0; k < 5; k++)
        c[h][i + k] = _mm512_madd52lo_epu64(c[h][i + k], a.half[h].limb[k], b.half[h].limb[i]);
    EACH_HALF(h)
      for (int k = 0; k < 5; k++)
        c[h][i + k + 1] = _mm512_madd52hi_epu64(c[h][i + k + 1], a.half[h].limb[k], b.half[h].limb[i]);
  }
  return reduceRawTwo(c, f);
}

/// multiplyRaw of both halves by the same.
LANES TwoLanes scaleRawTwo(TwoLanes a, Lanes c, const LaneField *f) {
  const TwoLanes factors = {{c, c}};
  return multiplyRawTwo(a, factors, f);
}

/// squareRaw of both halves.
LANES TwoLanes squareRawTwo(TwoLanes a, const LaneField *f) {
  __m512i c[2][10];
  EACH_HALF(h)
    for (int i = 0; i < 10; i++) c[h][i] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
  for (int i = 0; i < 5; i++)
    EACH_HALF(h)
      for (int k = i + 1; k < 5; k++) {
        c[h][i + k] = _mm512_madd52lo_epu64(c[h][i + k], a.half[h].limb[k], a.half[h].limb[i]);
        c[h][i + k + 1] = _mm512_madd52hi_epu64(c[h][i + k + 1], a.half[h].limb[k], a.half[h].limb[i]);
      }
  EACH_HALF(h) {
    for (int i = 1; i < 9; i++) c[h][i] = _mm512_add_epi64(c[h][i], c[h][i]);
    for (int i = 0; i < 5; i++) {
      c[h][2 * i] = _mm512_madd52lo_epu64(c[h][2 * i], a.half[h].limb[i], a.half[h].limb[i]);
      c[h][2 * i + 1] = _mm512_madd52hi_epu64(c[h][2 * i + 1], a.half[h].limb[i], a.half[h].limb[i]);
    }
  }
  return reduceRawTwo(c, f);
}

LANES LaneField laneField(const FieldConstants *field) {
  LaneField f;
  f.modulus = broadcast(field->modulus);
  f.twiceModulus = normalise(addRaw(f.modulus, f.modulus));
  f.negativeInverse = _mm512_set1_epi64((long long)(field->negativeInverse & ((1ull << 52) - 1)));
  return f;
}

#endif
#endif
