#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

// Kernels with products work on two groups of eight at a time. An odd last group is both: everything is loaded before
// anything is stored.

/// Where the two groups from limb `first` on are, of `limbs` in all.
#define BOTH_GROUPS(at, first, limbs) const size_t at[2] = {first, first + 32 < (limbs) ? first + 32 : first}

/// Stores both groups.
LANES void storeBoth(uint64_t *out, const size_t at[2], TwoLanes a) {
  EACH_HALF(h) storeLanes(out + at[h], a.half[h]);
}

LANES TwoLanes loadBoth(const uint64_t *values, const size_t at[2]) {
  TwoLanes a;
  EACH_HALF(h) a.half[h] = loadLanes(values + at[h]);
  return a;
}

LANES TwoLanes reduceTwiceBoth(TwoLanes a, const LaneField *f) {
  EACH_HALF(h) a.half[h] = reduceTwice(a.half[h], f);
  return a;
}

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
  for (size_t i = 0; i < 4 * count; i += 64) {
    BOTH_GROUPS(at, i, 4 * count);
    TwoLanes b;
    EACH_HALF(h) b.half[h] = loadLanesTimes16(right + at[h]);
    storeBoth(out, at, reduceTwiceBoth(multiplyRawTwo(loadBoth(left, at), b, &f), &f));
  }
}

WIDE_VECTORS void ifmaScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 64) {
    BOTH_GROUPS(at, i, 4 * count);
    storeBoth(out, at, reduceTwiceBoth(scaleRawTwo(loadBoth(values, at), c, &f), &f));
  }
}

/// base + c a with c given 16-fold: a product of a value below 2p and one below 16p, plus one below p.
LANES TwoLanes addScaledBoth(TwoLanes base, TwoLanes a, Lanes c, const LaneField *f) {
  TwoLanes sum = scaleRawTwo(a, c, f);
  EACH_HALF(h) sum.half[h] = reduceFourTimes(addRaw(sum.half[h], base.half[h]), f);
  return sum;
}

/// high - low + p.
LANES TwoLanes differenceBoth(TwoLanes high, TwoLanes low, const LaneField *f) {
  EACH_HALF(h) high.half[h] = differenceLazy(high.half[h], low.half[h], f);
  return high;
}

WIDE_VECTORS void ifmaAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 64) {
    BOTH_GROUPS(at, i, 4 * count);
    storeBoth(accumulator, at, addScaledBoth(loadBoth(accumulator, at), loadBoth(values, at), c, &f));
  }
}

WIDE_VECTORS void ifmaInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 64) {
    BOTH_GROUPS(at, i, 4 * count);
    const TwoLanes a = loadBoth(low, at);
    storeBoth(out, at, addScaledBoth(a, differenceBoth(loadBoth(high, at), a, &f), c, &f));
  }
}

WIDE_VECTORS void ifmaInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 64) {
    BOTH_GROUPS(at, i, 4 * count);
    TwoLanes low, high;
    EACH_HALF(h) {
      __m512i even[4], odd[4], w[4];
      for (int k = 0; k < 4; k++) {
        const __m512i first = _mm512_loadu_si512(values + 2 * at[h] + 16 * k);
        const __m512i second = _mm512_loadu_si512(values + 2 * at[h] + 16 * k + 8);
        even[k] = _mm512_shuffle_i64x2(first, second, 0x44);
        odd[k] = _mm512_shuffle_i64x2(first, second, 0xee);
      }
      transposeIn(w, even);
      low.half[h] = fromWords(w);
      transposeIn(w, odd);
      high.half[h] = fromWords(w);
    }
    storeBoth(out, at, addScaledBoth(low, differenceBoth(high, low, &f), c, &f));
  }
}

WIDE_VECTORS void ifmaInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor), s = broadcastTimes16(slope);
  for (size_t i = 0; i < 4 * count; i += 64) {
    BOTH_GROUPS(at, i, 4 * count);
    const TwoLanes a = loadBoth(low, at), b = loadBoth(next, at);
    const TwoLanes difference = differenceBoth(loadBoth(high, at), a, &f);
    storeBoth(next, at, addScaledBoth(b, difference, s, &f));
    storeBoth(low, at, addScaledBoth(a, difference, c, &f));
  }
}

WIDE_VECTORS void ifmaSplit(
    uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < 4 * count; i += 64) {
    BOTH_GROUPS(at, i, 4 * count);
    TwoLanes whole = loadBoth(low, at);
    const TwoLanes product = reduceTwiceBoth(scaleRawTwo(whole, c, &f), &f);
    EACH_HALF(h) {
      const Lanes difference = differenceLazy(whole.half[h], product.half[h], &f);
      whole.half[h] = subtractIfNotBelow(difference, f.modulus);
    }
    storeBoth(high, at, product);
    storeBoth(low, at, whole);
  }
}
#endif
