// Sixteen points at a time, in limbs by lane, and their sums. Between additions points are not reduced below p; what is
// not a sum of two different finite points is only noticed, and left to other code.
//
// Raw products have the factor 2^-260, coordinates are stored with 2^256; the inverses come out with the factor 2^258
// (see inverseOfProduct), so that the slope s is m = 2^258 s, m m 2^-260 = 2^256 s^2 and 4 m X 2^-260 = s X have the
// coordinates' own factor. For p below 2^255, coordinates settled below 1.1 p: differences are below 3.1 p, three times
// a square below 4.9 p, inverses and slopes below 1.2 p, four times a run below 13 p, so a rise is below 1.5 p.
#ifndef FIELD_POINT_BLOCKS_H
#define FIELD_POINT_BLOCKS_H
#include "lane_inverses.h"
#if defined(__x86_64__)

/// Words of sixteen points: x and y of eight, then of the others, limb by limb.
enum { blockWords = 160, pairWords = 160 };

/// The thresholds and multiples by which a value below 4.05 p is made one below 1.1 p.
typedef struct {
  LaneField field;
  Lanes threeTimes;
  __m512i twiceTop, twiceThreshold, threshold;
} Settling;

LANES Settling settling(const FieldConstants *field) {
  Settling s;
  s.field = laneField(field);
  s.threeTimes = normalise(addRaw(s.field.twiceModulus, s.field.modulus));
  s.twiceTop = s.field.twiceModulus.limb[4];
  s.twiceThreshold = _mm512_add_epi64(s.twiceTop, _mm512_set1_epi64(2));
  s.threshold = _mm512_add_epi64(s.field.modulus.limb[4], _mm512_set1_epi64(3));
  return s;
}

/// A normalised value, equal modulo p, that is below 1.1 p, from raw limbs of a value below 4.05 p.
///
/// The value divided by 2^208 is at least its last limb with the carry into it, less a tiny part (what the other limbs
/// carry is at least -3, and much less than 2^52), so no more is taken away than there is.
LANES Lanes settle(Lanes a, const Settling *s) {
  __m512i top = _mm512_add_epi64(a.limb[4], _mm512_srai_epi64(a.limb[3], 52));
  const __mmask8 twice = _mm512_cmpge_epi64_mask(top, s->twiceThreshold);
  top = _mm512_mask_sub_epi64(top, twice, top, s->twiceTop);
  const __mmask8 once = _mm512_cmpge_epi64_mask(top, s->threshold);
  for (int i = 0; i < 5; i++) {
    a.limb[i] = _mm512_mask_sub_epi64(a.limb[i], twice, a.limb[i], s->field.twiceModulus.limb[i]);
    a.limb[i] = _mm512_mask_sub_epi64(a.limb[i], once, a.limb[i], s->field.modulus.limb[i]);
  }
  return normalise(a);
}

/// a - b + `multiple`, normalised; the multiple of p is at least b.
LANES Lanes differenceAbove(Lanes a, Lanes b, Lanes multiple) {
  return normalise(addRaw(subtractRaw(a, b), multiple));
}

LANES Lanes loadRaw(const uint64_t *words) {
  Lanes a;
  for (int i = 0; i < 5; i++) a.limb[i] = _mm512_load_si512(words + 8 * i);
  return a;
}

LANES void storeRaw(uint64_t *words, Lanes a) {
  for (int i = 0; i < 5; i++) _mm512_store_si512(words + 8 * i, a.limb[i]);
}

/// Eight points in lanes.
LANES void gatherPoints(Lanes *x, Lanes *y, const uint64_t *const places[8]) {
  __m512i xs[4], ys[4], w[4];
  for (int k = 0; k < 4; k++) {
    const __m512i a = _mm512_loadu_si512(places[2 * k]), b = _mm512_loadu_si512(places[2 * k + 1]);
    xs[k] = _mm512_shuffle_i64x2(a, b, 0x44);
    ys[k] = _mm512_shuffle_i64x2(a, b, 0xee);
  }
  transposeIn(w, xs);
  *x = fromWords(w);
  transposeIn(w, ys);
  *y = fromWords(w);
}

/// The opposites of values below p, other than 0, where the mask says so.
LANES Lanes negateSome(Lanes y, __mmask8 mask, const LaneField *f) {
  for (int i = 0; i < 5; i++) y.limb[i] = _mm512_mask_sub_epi64(y.limb[i], mask, f->modulus.limb[i], y.limb[i]);
  return normalise(y);
}

/// Eight points as they are in memory, from coordinates below 2p.
LANES void pointsOfHalf(__m512i points[8], Lanes xs, Lanes ys, const LaneField *f) {
  __m512i w[4], x[4], y[4];
  toWords(w, reduceTwice(xs, f));
  transposeOut(x, w);
  toWords(w, reduceTwice(ys, f));
  transposeOut(y, w);
  for (int k = 0; k < 4; k++) {
    points[2 * k] = _mm512_shuffle_i64x2(x[k], y[k], 0x44);
    points[2 * k + 1] = _mm512_shuffle_i64x2(x[k], y[k], 0xee);
  }
}

/// The denominator of a half's pairs, 1 where there is no second point.
LANES Lanes withoutAbsent(Lanes denominator, __mmask8 present) {
  for (int i = 0; i < 5; i++)
    denominator.limb[i] = _mm512_mask_mov_epi64(_mm512_set1_epi64(i == 0), present, denominator.limb[i]);
  return denominator;
}

/// Sixteen points.
typedef struct {
  TwoLanes x, y;
} Block;

LANES void loadBlock(Block *block, const uint64_t *words) {
  EACH_HALF(h) {
    block->x.half[h] = loadRaw(words + 80 * h);
    block->y.half[h] = loadRaw(words + 80 * h + 40);
  }
}

LANES void storeBlock(uint64_t *words, const Block *block) {
  EACH_HALF(h) {
    storeRaw(words + 80 * h, block->x.half[h]);
    storeRaw(words + 80 * h + 40, block->y.half[h]);
  }
}

/// Moves points along the lines with these slopes' numerators and, times 2^258 in the sense of multiplyRaw, inverse
/// denominators, to the opposite of the third point of the curve there; the second has `otherX`.
LANES void advance(
    Block *block, const TwoLanes *otherX, TwoLanes numerators, TwoLanes inverses, const Settling *s) {
  const LaneField *f = &s->field;
  TwoLanes slope = multiplyRawTwo(numerators, inverses, f), run;
  EACH_HALF(h) slope.half[h] = normalise(slope.half[h]);
  TwoLanes x = squareRawTwo(slope, f);
  EACH_HALF(h) {
    const Lanes lowered = subtractRaw(subtractRaw(x.half[h], block->x.half[h]), otherX->half[h]);
    x.half[h] = settle(addRaw(lowered, s->threeTimes), s);
    run.half[h] = addRaw(subtractRaw(block->x.half[h], x.half[h]), f->twiceModulus);
    for (int i = 0; i < 5; i++) run.half[h].limb[i] = _mm512_slli_epi64(run.half[h].limb[i], 2);
    run.half[h] = normalise(run.half[h]);
  }
  const TwoLanes y = multiplyRawTwo(slope, run, f);
  EACH_HALF(h) {
    block->y.half[h] = settle(addRaw(subtractRaw(y.half[h], block->y.half[h]), f->twiceModulus), s);
    block->x.half[h] = x.half[h];
  }
}

/// Adds pairs of different points, given 2^258 times the inverses of x2 - x1 in the sense of multiplyRaw; where there is
/// no second point, the first one stays.
LANES void addPairs(
    Block *left, const Block *right, TwoLanes inverses, const __mmask8 present[2], const Settling *s) {
  TwoLanes numerators;
  EACH_HALF(h) {
    numerators.half[h] = differenceAbove(right->y.half[h], left->y.half[h], s->field.twiceModulus);
  }
  if ((present[0] & present[1]) == 255) {
    advance(left, &right->x, numerators, inverses, s);
    return;
  }
  const Block before = *left;
  advance(left, &right->x, numerators, inverses, s);
  EACH_HALF(h) {
    left->x.half[h] = blend(present[h], before.x.half[h], left->x.half[h]);
    left->y.half[h] = blend(present[h], before.y.half[h], left->y.half[h]);
  }
}

/// The product of all denominators, and the inverses that remain of it.
typedef struct {
  TwoLanes value;
} Chain;

/// Multiplies the chain by a pair's denominators, keeping what is needed to find their inverses.
LANES void extend(Chain *chain, TwoLanes denominator, uint64_t *pair, const LaneField *f) {
  EACH_HALF(h) {
    storeRaw(pair + 80 * h, chain->value.half[h]);
    storeRaw(pair + 80 * h + 40, denominator.half[h]);
  }
  chain->value = multiplyRawTwo(chain->value, denominator, f);
  EACH_HALF(h) chain->value.half[h] = normalise(chain->value.half[h]);
}

/// The inverses of the denominators that extended the chain last, which are taken off it.
LANES TwoLanes retract(Chain *chain, const uint64_t *pair, const LaneField *f) {
  TwoLanes before, denominator;
  EACH_HALF(h) {
    before.half[h] = loadRaw(pair + 80 * h);
    denominator.half[h] = loadRaw(pair + 80 * h + 40);
  }
  TwoLanes own = multiplyRawTwo(chain->value, before, f);
  chain->value = multiplyRawTwo(chain->value, denominator, f);
  EACH_HALF(h) {
    own.half[h] = normalise(own.half[h]);
    chain->value.half[h] = normalise(chain->value.half[h]);
  }
  return own;
}

LANES Chain emptyChain(void) {
  Chain chain;
  EACH_HALF(h) chain.value.half[h] = withoutAbsent(chain.value.half[h], 0);
  return chain;
}

/// Inverts the chain; false if a denominator was 0.
LANES bool invertChain(Chain *chain, const LaneField *f, const FieldConstants *field) {
  // The inverse of the product of both, with its 2^-260, times each is the inverse of the other.
  const TwoLanes other = {{chain->value.half[1], chain->value.half[0]}};
  Lanes both = normalise(multiplyRaw(chain->value.half[0], chain->value.half[1], f));
  if (!inverseOfProduct(&both, both, f, field)) return false;
  const TwoLanes inverses = {{both, both}};
  chain->value = multiplyRawTwo(inverses, other, f);
  EACH_HALF(h) chain->value.half[h] = normalise(chain->value.half[h]);
  return true;
}

#endif
#endif
