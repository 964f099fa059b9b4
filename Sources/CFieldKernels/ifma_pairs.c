#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

// Eight additions at once. Raw products have the factor 2^-260, coordinates are stored with 2^256; instead of
// correcting every product, the inverses come out with the factor 2^258 (see inverseOfProduct), so that the slope s is
// m = 2^258 s, m m 2^-260 = 2^256 s^2 and 4 m X 2^-260 = s X have the coordinates' own factor.

/// Which of eight pairs are not two different finite points.
typedef struct {
  __mmask8 doubling, takeLeft, takeRight, cancellation;
} Cases;

/// The coordinates of eight pairs, 64-bit limbs by lane.
typedef struct {
  __m512i x1[4], y1[4], x2[4], y2[4];
} Pairs;

/// The points that are added: with `lefts` the neighbours from those places of `left` on, else left[i] and right[i],
/// the latter negated if so wished.
typedef struct {
  const uint64_t *left, *right;
  const int32_t *lefts;
  bool negated;
} Operands;

/// The opposite of values below p, of which 0 stays 0.
LANES void negateWords(__m512i w[4], const LaneField *f) {
  const __m512i any = _mm512_or_si512(_mm512_or_si512(w[0], w[1]), _mm512_or_si512(w[2], w[3]));
  const __mmask8 nonzero = _mm512_test_epi64_mask(any, any);
  toWords(w, normalise(subtractRaw(f->modulus, fromWords(w))));
  for (int i = 0; i < 4; i++) w[i] = _mm512_maskz_mov_epi64(nonzero, w[i]);
}

/// Loads group number `group` of eight pairs, the last pair of all repeated to fill it.
LANES Pairs loadPairs(const Operands *operands, size_t group, size_t count, const LaneField *f) {
  const uint64_t *left[8], *right[8];
  for (size_t i = 0; i < 8; i++) {
    const size_t pair = 8 * group + i < count ? 8 * group + i : count - 1;
    left[i] = operands->left + 8 * (operands->lefts ? (size_t)operands->lefts[pair] : pair);
    right[i] = operands->lefts ? left[i] + 8 : operands->right + 8 * pair;
  }
  __m512i x1[4], y1[4], x2[4], y2[4];
  for (int k = 0; k < 4; k++) {
    const __m512i a = _mm512_loadu_si512(left[2 * k]), b = _mm512_loadu_si512(left[2 * k + 1]);
    const __m512i c = _mm512_loadu_si512(right[2 * k]), d = _mm512_loadu_si512(right[2 * k + 1]);
    x1[k] = _mm512_shuffle_i64x2(a, b, 0x44);
    y1[k] = _mm512_shuffle_i64x2(a, b, 0xee);
    x2[k] = _mm512_shuffle_i64x2(c, d, 0x44);
    y2[k] = _mm512_shuffle_i64x2(c, d, 0xee);
  }
  Pairs pairs;
  transposeIn(pairs.x1, x1);
  transposeIn(pairs.y1, y1);
  transposeIn(pairs.x2, x2);
  transposeIn(pairs.y2, y2);
  if (operands->negated) negateWords(pairs.y2, f);
  return pairs;
}

LANES __mmask8 equalWords(const __m512i a[4], const __m512i b[4]) {
  const __m512i low = _mm512_or_si512(_mm512_xor_si512(a[0], b[0]), _mm512_xor_si512(a[1], b[1]));
  const __m512i high = _mm512_or_si512(_mm512_xor_si512(a[2], b[2]), _mm512_xor_si512(a[3], b[3]));
  const __m512i any = _mm512_or_si512(low, high);
  return _mm512_testn_epi64_mask(any, any);
}

LANES __mmask8 zeroWords(const __m512i a[4]) {
  const __m512i any = _mm512_or_si512(_mm512_or_si512(a[0], a[1]), _mm512_or_si512(a[2], a[3]));
  return _mm512_testn_epi64_mask(any, any);
}

LANES Cases casesOfPairs(const Pairs *pairs) {
  Cases cases = {0, 0, 0, 0};
  const __mmask8 equal = equalWords(pairs->x1, pairs->x2);
  const __mmask8 zero1 = zeroWords(pairs->x1), zero2 = zeroWords(pairs->x2);
  if ((equal | zero1 | zero2) == 0) return cases;
  cases.takeRight = zero1 & zeroWords(pairs->y1);
  cases.takeLeft = zero2 & zeroWords(pairs->y2) & ~cases.takeRight;
  const __mmask8 vertical = equal & ~cases.takeRight & ~cases.takeLeft;
  cases.doubling = vertical & equalWords(pairs->y1, pairs->y2);
  cases.cancellation = vertical & ~cases.doubling;
  return cases;
}

LANES bool hasCases(Cases cases) {
  return (cases.doubling | cases.takeLeft | cases.takeRight | cases.cancellation) != 0;
}

/// The denominators of the slopes, normalised and below 2p: x2 - x1, 2 y1 where a point is doubled, 1 where there is
/// none.
LANES Lanes denominators(const Pairs *pairs, Cases cases, const LaneField *f) {
  Lanes denominator = differenceLazy(fromWords(pairs->x2), fromWords(pairs->x1), f);
  if (hasCases(cases)) {
    const Lanes y1 = fromWords(pairs->y1);
    denominator = blend(cases.doubling, denominator, normalise(addRaw(y1, y1)));
    Lanes one;
    for (int i = 0; i < 5; i++) one.limb[i] = _mm512_set1_epi64(i == 0);
    denominator = blend(cases.takeLeft | cases.takeRight | cases.cancellation, denominator, one);
  }
  return denominator;
}

/// For the product T in every lane the value 2^518 / T modulo p, normalised; one inversion.
LANES Lanes inverseOfProduct(Lanes product, const LaneField *f, const FieldConstants *field) {
  __m512i words[4];
  uint64_t byWord[4][8];
  Element totals[8], prefixes[8];
  toWords(words, reduceTwice(product, f));
  for (int i = 0; i < 4; i++) _mm512_storeu_si512(byWord[i], words[i]);
  Element running = loadElement(field->radix);
  for (int lane = 0; lane < 8; lane++) {
    for (int i = 0; i < 4; i++) totals[lane].limb[i] = byWord[i][lane];
    prefixes[lane] = running;
    running = multiplyElements(running, totals[lane], field);
  }
  // The inverse in Montgomery form is 2^512 / T; six doublings make it 2^518 / T.
  Element inverse;
  fieldInvert(inverse.limb, running.limb, field);
  for (int i = 0; i < 6; i++) inverse = addElements(inverse, inverse, field);
  for (int lane = 7; lane >= 0; lane--) {
    const Element own = multiplyElements(inverse, prefixes[lane], field);
    inverse = multiplyElements(inverse, totals[lane], field);
    for (int i = 0; i < 4; i++) byWord[i][lane] = own.limb[i];
  }
  for (int i = 0; i < 4; i++) words[i] = _mm512_loadu_si512(byWord[i]);
  return fromWords(words);
}

/// The sums of eight pairs, given 2^258 times the inverses of their denominators in the sense of multiplyRaw.
LANES void sumsOfPairs(
    __m512i x3[4], __m512i y3[4], const Pairs *pairs, Cases cases, Lanes inverses, const LaneField *f) {
  const Lanes x1 = fromWords(pairs->x1), y1 = fromWords(pairs->y1), x2 = fromWords(pairs->x2);
  Lanes numerator = differenceLazy(fromWords(pairs->y2), y1, f);
  if (cases.doubling != 0) {
    const Lanes square = multiplyRaw(x1, fromWordsTimes16(pairs->x1), f);
    numerator = blend(cases.doubling, numerator, normalise(addRaw(addRaw(square, square), square)));
  }
  const Lanes slope = normalise(multiplyRaw(numerator, inverses, f));
  // Below 2p, less two values below p, plus 2p.
  const Lanes square = squareRaw(slope, f);
  const Lanes x = reduceFourTimes(addRaw(subtractRaw(subtractRaw(square, x1), x2), f->twiceModulus), f);
  Lanes run = addRaw(subtractRaw(x1, x), f->modulus);
  for (int i = 0; i < 5; i++) run.limb[i] = _mm512_slli_epi64(run.limb[i], 2);
  const Lanes rise = multiplyRaw(slope, normalise(run), f);
  const Lanes y = reduceFourTimes(addRaw(subtractRaw(rise, y1), f->modulus), f);
  toWords(x3, x);
  toWords(y3, y);
  if (hasCases(cases)) {
    for (int i = 0; i < 4; i++) {
      x3[i] = _mm512_mask_mov_epi64(x3[i], cases.takeLeft, pairs->x1[i]);
      y3[i] = _mm512_mask_mov_epi64(y3[i], cases.takeLeft, pairs->y1[i]);
      x3[i] = _mm512_mask_mov_epi64(x3[i], cases.takeRight, pairs->x2[i]);
      y3[i] = _mm512_mask_mov_epi64(y3[i], cases.takeRight, pairs->y2[i]);
      x3[i] = _mm512_maskz_mov_epi64(~cases.cancellation, x3[i]);
      y3[i] = _mm512_maskz_mov_epi64(~cases.cancellation, y3[i]);
    }
  }
}

/// Stores group number `group` of eight points, those past `count` left out; at `outs`, or in order without them.
LANES void storePoints(
    uint64_t *target, const int32_t *outs, size_t group, size_t count, const __m512i x3[4], const __m512i y3[4]) {
  __m512i x[4], y[4], points[8];
  transposeOut(x, x3);
  transposeOut(y, y3);
  for (int k = 0; k < 4; k++) {
    points[2 * k] = _mm512_shuffle_i64x2(x[k], y[k], 0x44);
    points[2 * k + 1] = _mm512_shuffle_i64x2(x[k], y[k], 0xee);
  }
  const size_t valid = count - 8 * group < 8 ? count - 8 * group : 8;
  for (size_t i = 0; i < valid; i++)
    _mm512_storeu_si512(target + 8 * (outs ? (size_t)outs[8 * group + i] : 8 * group + i), points[i]);
}

/// Adds all pairs with one inversion: products of denominators forward, inverses and sums backward.
LANES void addAll(
    uint64_t *target, const int32_t *outs, const Operands *operands, size_t count, uint64_t *scratch,
    const FieldConstants *field) {
  const LaneField f = laneField(field);
  const size_t groups = (count + 7) / 8;
  Lanes product;
  for (int i = 0; i < 5; i++) product.limb[i] = _mm512_set1_epi64(i == 0);
  for (size_t group = 0; group < groups; group++) {
    const Pairs pairs = loadPairs(operands, group, count, &f);
    const Lanes denominator = denominators(&pairs, casesOfPairs(&pairs), &f);
    for (int i = 0; i < 5; i++) _mm512_storeu_si512(scratch + 40 * group + 8 * i, product.limb[i]);
    product = normalise(multiplyRaw(product, denominator, &f));
  }
  Lanes inverse = inverseOfProduct(product, &f, field);
  for (size_t group = groups; group-- > 0;) {
    const Pairs pairs = loadPairs(operands, group, count, &f);
    const Cases cases = casesOfPairs(&pairs);
    Lanes prefix;
    for (int i = 0; i < 5; i++) prefix.limb[i] = _mm512_loadu_si512(scratch + 40 * group + 8 * i);
    const Lanes own = normalise(multiplyRaw(inverse, prefix, &f));
    inverse = normalise(multiplyRaw(inverse, denominators(&pairs, cases, &f), &f));
    __m512i x3[4], y3[4];
    sumsOfPairs(x3, y3, &pairs, cases, own, &f);
    storePoints(target, outs, group, count, x3, y3);
  }
}

WIDE_VECTORS void ifmaAddPairs(
    uint64_t *target, const int32_t *outs, const uint64_t *source, const int32_t *lefts, size_t count,
    uint64_t *scratch, const FieldConstants *field) {
  const Operands operands = {source, source, lefts, false};
  addAll(target, outs, &operands, count, scratch, field);
}

WIDE_VECTORS void ifmaAddPoints(
    uint64_t *target, const uint64_t *addends, size_t count, uint64_t *scratch, const FieldConstants *field) {
  const Operands operands = {target, addends, NULL, false};
  addAll(target, NULL, &operands, count, scratch, field);
}

WIDE_VECTORS void ifmaSubtractPoints(
    uint64_t *target, const uint64_t *subtrahends, size_t count, uint64_t *scratch, const FieldConstants *field) {
  const Operands operands = {target, subtrahends, NULL, true};
  addAll(target, NULL, &operands, count, scratch, field);
}
#endif
