#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

WIDE_VECTORS void ifmaAdd(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  for (size_t i = 0; i < 4 * count; i += 32)
    storeLanes(out + i, reduceTwice(addRaw(loadLanes(left + i), loadLanes(right + i)), &f));
}

WIDE_VECTORS void ifmaSubtract(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  for (size_t i = 0; i < 4 * count; i += 32)
    storeLanes(out + i, subtractIfNotBelow(differenceLazy(loadLanes(left + i), loadLanes(right + i), &f), f.modulus));
}

WIDE_VECTORS void ifmaMultiply(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  for (size_t i = 0; i < 4 * count; i += 32)
    storeLanes(out + i, reduceTwice(multiplyRaw(loadLanes(left + i), loadLanesTimes16(right + i), &f), &f));
}

WIDE_VECTORS void ifmaScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 32)
    storeLanes(out + i, reduceTwice(multiplyRaw(loadLanes(values + i), c, &f), &f));
}

WIDE_VECTORS void ifmaAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 32) {
    const Lanes product = multiplyRaw(loadLanes(values + i), c, &f);
    storeLanes(accumulator + i, reduceFourTimes(addRaw(product, loadLanes(accumulator + i)), &f));
  }
}

/// low + c (high - low) with c given 16-fold: a product of a value below 2p and one below 16p, plus one below p.
LANES Lanes interpolated(Lanes low, Lanes difference, Lanes c, const LaneField *f) {
  return reduceFourTimes(addRaw(multiplyRaw(difference, c, f), low), f);
}

WIDE_VECTORS void ifmaInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 32) {
    const Lanes a = loadLanes(low + i);
    storeLanes(out + i, interpolated(a, differenceLazy(loadLanes(high + i), a, &f), c, &f));
  }
}

WIDE_VECTORS void ifmaInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 32) {
    __m512i even[4], odd[4], w[4];
    for (int k = 0; k < 4; k++) {
      const __m512i first = _mm512_loadu_si512(values + 2 * i + 16 * k);
      const __m512i second = _mm512_loadu_si512(values + 2 * i + 16 * k + 8);
      even[k] = _mm512_shuffle_i64x2(first, second, 0x44);
      odd[k] = _mm512_shuffle_i64x2(first, second, 0xee);
    }
    transposeIn(w, even);
    const Lanes a = fromWords(w);
    transposeIn(w, odd);
    storeLanes(out + i, interpolated(a, differenceLazy(fromWords(w), a, &f), c, &f));
  }
}

WIDE_VECTORS void ifmaInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor), s = broadcastTimes16(slope);
  for (size_t i = 0; i < 4 * count; i += 32) {
    const Lanes a = loadLanes(low + i);
    const Lanes difference = differenceLazy(loadLanes(high + i), a, &f);
    storeLanes(next + i, interpolated(loadLanes(next + i), difference, s, &f));
    storeLanes(low + i, interpolated(a, difference, c, &f));
  }
}

WIDE_VECTORS void ifmaSplit(
    uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 32) {
    const Lanes whole = loadLanes(low + i);
    const Lanes product = reduceTwice(multiplyRaw(whole, c, &f), &f);
    storeLanes(high + i, product);
    storeLanes(low + i, subtractIfNotBelow(differenceLazy(whole, product, &f), f.modulus));
  }
}
#endif
