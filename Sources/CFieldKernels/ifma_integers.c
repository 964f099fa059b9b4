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
#endif
