#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

/// Eight integers by magnitude, in the order of the lanes, and which of them are negative.
LANES Lanes loadMagnitudes(const int64_t *integers, __mmask8 *negative) {
  const __m512i order = _mm512_setr_epi64(0, 2, 1, 3, 4, 6, 5, 7), zero = _mm512_setzero_si512();
  const __m512i v = _mm512_permutexvar_epi64(order, _mm512_loadu_si512(integers));
  *negative = _mm512_movepi64_mask(v);
  const __m512i words[4] = {_mm512_mask_sub_epi64(v, *negative, zero, v), zero, zero, zero};
  return fromWords(words);
}

WIDE_VECTORS void ifmaFromIntegers(
    uint64_t *out, const int64_t *integers, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(field->radixSquared);
  for (size_t i = 0; i < count; i += 8) {
    __mmask8 negative;
    const Lanes value = reduceTwice(multiplyRaw(loadMagnitudes(integers + i, &negative), c, &f), &f);
    const Lanes opposite = subtractIfNotBelow(normalise(subtractRaw(f.modulus, value)), f.modulus);
    storeLanes(out + 4 * i, blend(negative, value, opposite));
  }
}

WIDE_VECTORS void ifmaAddScaledIntegers(
    uint64_t *accumulator, const int64_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Element converted = multiplyElements(loadElement(factor), loadElement(field->radixSquared), field);
  const Lanes c = broadcastTimes16(converted.limb);
  for (size_t i = 0; i < count; i += 8) {
    __mmask8 negative;
    const Lanes product = multiplyRaw(loadMagnitudes(integers + i, &negative), c, &f);
    const Lanes term = blend(negative, product, subtractRaw(f.twiceModulus, product));
    storeLanes(accumulator + 4 * i, reduceFourTimes(addRaw(term, loadLanes(accumulator + 4 * i)), &f));
  }
}

/// Sixteen times an element as five limbs of 52 bits.
static void limbsTimes16(uint64_t limbs[5], Element a) {
  const uint64_t m = (1ull << 52) - 1, *w = a.limb;
  limbs[0] = w[0] << 4 & m;
  limbs[1] = (w[0] >> 48 | w[1] << 16) & m;
  limbs[2] = (w[1] >> 36 | w[2] << 28) & m;
  limbs[3] = (w[2] >> 24 | w[3] << 40) & m;
  limbs[4] = w[3] >> 12;
}

WIDE_VECTORS size_t ifmaAddScaledRows(
    uint64_t *accumulator, const int64_t *integers, size_t stride, const uint64_t *factors, size_t rows, size_t count,
    const FieldConstants *field) {
  const LaneField f = laneField(field);
  uint64_t limbs[64][5];
  Element sum = {{0, 0, 0, 0}};
  for (size_t row = 0; row < rows; row++) {
    const Element factor = loadElement(factors + 4 * row);
    limbsTimes16(limbs[row], multiplyElements(factor, loadElement(field->radixSquared), field));
    sum = addElements(sum, factor, field);
  }
  // With w = v + 2^51 in [0, 2^52): what is summed exceeds what is wanted by 2^51 times the sum of the factors.
  const __m512i offset = _mm512_set1_epi64(1ll << 51), order = _mm512_setr_epi64(0, 2, 1, 3, 4, 6, 5, 7);
  const Element shift51 = {{1ull << 51, 0, 0, 0}}, zero = {{0, 0, 0, 0}};
  const Element excess = multiplyElements(sum, multiplyElements(loadElement(field->radixSquared), shift51, field), field);
  const Lanes correction = broadcast(subtractElements(zero, excess, field).limb);
  for (size_t i = 0; i < count; i += 8) {
    __m512i c[10], outside = _mm512_setzero_si512();
    for (int k = 0; k < 10; k++) c[k] = _mm512_setzero_si512();
    // Each row adds at most two terms below 2^52 to a limb: 128 terms, as many as reduceRaw allows and fewer.
    for (size_t row = 0; row < rows; row++) {
      const __m512i v = _mm512_permutexvar_epi64(order, _mm512_loadu_si512(integers + stride * row + i));
      const __m512i w = _mm512_add_epi64(v, offset);
      outside = _mm512_or_si512(outside, _mm512_srli_epi64(w, 52));
      for (int k = 0; k < 5; k++) {
        const __m512i limb = _mm512_set1_epi64((long long)limbs[row][k]);
        c[k] = _mm512_madd52lo_epu64(c[k], limb, w);
        c[k + 1] = _mm512_madd52hi_epu64(c[k + 1], limb, w);
      }
    }
    if (_mm512_test_epi64_mask(outside, outside) != 0) return i;
    const Lanes total = addRaw(addRaw(reduceRaw(c, &f), correction), loadLanes(accumulator + 4 * i));
    storeLanes(accumulator + 4 * i, reduceFourTimes(total, &f));
  }
  return count;
}
#endif
