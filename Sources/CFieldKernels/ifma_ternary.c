#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

/// The sums of limbs of 32 bits, one of eight sums in every lane, as an element modulo p; at most 2^20 summands.
///
/// The sum is divided by 2^260, then multiplied by `square`, 2^520 modulo p.
LANES Lanes reduceSums(const __m512i s[8], Lanes square, const LaneField *f) {
  __m512i c[10];
  for (int i = 6; i < 10; i++) c[i] = _mm512_setzero_si512();
#define LOW(a, bits) _mm512_and_si512(a, _mm512_set1_epi64((1ll << (bits)) - 1))
#define LEFT(a, bits) _mm512_slli_epi64(a, bits)
#define RIGHT(a, bits) _mm512_srli_epi64(a, bits)
#define SUM3(a, b, c) _mm512_add_epi64(_mm512_add_epi64(a, b), c)
  // Limb i begins at bit 32 i and is below 2^52.
  c[0] = _mm512_add_epi64(s[0], LEFT(LOW(s[1], 20), 32));
  c[1] = SUM3(RIGHT(s[1], 20), LEFT(LOW(s[2], 40), 12), LEFT(LOW(s[3], 8), 44));
  c[2] = SUM3(RIGHT(s[2], 40), RIGHT(s[3], 8), LEFT(LOW(s[4], 28), 24));
  c[3] = SUM3(RIGHT(s[4], 28), LEFT(s[5], 4), LEFT(LOW(s[6], 16), 36));
  c[4] = _mm512_add_epi64(RIGHT(s[6], 16), LEFT(LOW(s[7], 36), 16));
  c[5] = RIGHT(s[7], 36);
#undef LOW
#undef LEFT
#undef RIGHT
#undef SUM3
  const Lanes divided = normalise(reduceRaw(c, f));
  return multiplyRaw(divided, square, f);
}

/// Lane k of register i becomes lane i of register k.
LANES void transposeSquare(__m512i r[8]) {
  __m512i a[8], b[8];
  for (int i = 0; i < 8; i += 2) {
    a[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
    a[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
  }
  // a[i + h]: lanes 2 m + h of registers i and i + 1, m = 0 ... 3.
  for (int half = 0; half < 8; half += 4)
    for (int h = 0; h < 2; h++) {
      b[half + h] = _mm512_shuffle_i64x2(a[half + h], a[half + 2 + h], 0x88);
      b[half + 2 + h] = _mm512_shuffle_i64x2(a[half + h], a[half + 2 + h], 0xdd);
    }
  // b[half + h]: m = 0, 2 of registers half, half + 1, then of half + 2, half + 3; b[half + 2 + h]: m = 1, 3.
  const __m512i even = _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13), odd = _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15);
  for (int h = 0; h < 2; h++) {
    r[h] = _mm512_permutex2var_epi64(b[h], even, b[4 + h]);
    r[4 + h] = _mm512_permutex2var_epi64(b[h], odd, b[4 + h]);
    r[2 + h] = _mm512_permutex2var_epi64(b[2 + h], even, b[6 + h]);
    r[6 + h] = _mm512_permutex2var_epi64(b[2 + h], odd, b[6 + h]);
  }
}

WIDE_VECTORS void ifmaAddTableSums(
    uint64_t *accumulator, const uint64_t *tables, size_t groups, const uint8_t *codes, size_t groupStride,
    size_t stride, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  Element power = loadElement(field->radixSquared);
  for (int i = 0; i < 4; i++) power = addElements(power, power, field);
  const Lanes square = broadcastTimes16(power.limb);
  // Sums in the order of the lanes of elements in memory.
  static const size_t order[8] = {0, 2, 1, 3, 4, 6, 5, 7};
  for (size_t i = 0; i < count; i += 8) {
    __m512i sums[8];
    const uint8_t *code[8];
    for (int j = 0; j < 8; j++) {
      sums[j] = _mm512_setzero_si512();
      code[j] = codes + stride * (i + order[j]);
    }
    const uint64_t *table = tables;
    for (size_t group = 0; group < groups; group++, table += 4 * 81)
#pragma clang loop unroll(full)
      for (int j = 0; j < 8; j++) {
        const __m256i entry = _mm256_loadu_si256((const __m256i *)(table + 4 * code[j][group * groupStride]));
        sums[j] = _mm512_add_epi64(sums[j], _mm512_cvtepu32_epi64(entry));
      }
    transposeSquare(sums);
    const Lanes total = addRaw(reduceSums(sums, square, &f), loadLanes(accumulator + 4 * i));
    storeLanes(accumulator + 4 * i, reduceFourTimes(total, &f));
  }
}

WIDE_VECTORS void ifmaAddTernary(
    uint64_t *accumulator, const int16_t *entries, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcast(factor), opposite = subtractIfNotBelow(normalise(subtractRaw(f.modulus, c)), f.modulus);
  const __m512i order = _mm512_setr_epi64(0, 2, 1, 3, 4, 6, 5, 7), zero = _mm512_setzero_si512();
  for (size_t i = 0; i < count; i += 8) {
    const __m512i v = _mm512_permutexvar_epi64(
        order, _mm512_cvtepi16_epi64(_mm_loadu_si128((const __m128i *)(entries + i))));
    const __mmask8 negative = _mm512_movepi64_mask(v), positive = _mm512_cmpgt_epi64_mask(v, zero);
    Lanes sum = loadLanes(accumulator + 4 * i);
    for (int k = 0; k < 5; k++) {
      sum.limb[k] = _mm512_mask_add_epi64(sum.limb[k], positive, sum.limb[k], c.limb[k]);
      sum.limb[k] = _mm512_mask_add_epi64(sum.limb[k], negative, sum.limb[k], opposite.limb[k]);
    }
    storeLanes(accumulator + 4 * i, reduceTwice(sum, &f));
  }
}
#endif
