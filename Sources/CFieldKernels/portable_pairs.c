#include "portable.h"

/// A point by its coordinates; (0, 0) is infinity.
typedef struct {
  Element x, y;
} Point;

/// What has to be done for one pair.
typedef enum { additionOfTwo, doubling, takeLeft, takeRight, cancellation } Kind;

static Point loadPoint(const uint64_t *limbs) { return (Point){loadElement(limbs), loadElement(limbs + 4)}; }

static bool isZero(Element a) { return (a.limb[0] | a.limb[1] | a.limb[2] | a.limb[3]) == 0; }

static bool isInfinity(Point a) { return isZero(a.x) && isZero(a.y); }

/// The pair's kind, and the denominator of its slope, 1 where there is none.
static Kind kindOfPair(Point left, Point right, Element *denominator, const FieldConstants *field) {
  *denominator = loadElement(field->radix);
  if (isInfinity(left)) return takeRight;
  if (isInfinity(right)) return takeLeft;
  const Element difference = subtractElements(right.x, left.x, field);
  if (!isZero(difference)) {
    *denominator = difference;
    return additionOfTwo;
  }
  if (!isZero(subtractElements(right.y, left.y, field))) return cancellation;
  *denominator = addElements(left.y, left.y, field);
  return doubling;
}

static Point sumOfPair(Point left, Point right, Kind kind, Element denominatorInverse, const FieldConstants *field) {
  if (kind == takeLeft) return left;
  if (kind == takeRight) return right;
  if (kind == cancellation) return (Point){{{0, 0, 0, 0}}, {{0, 0, 0, 0}}};
  Element numerator = subtractElements(right.y, left.y, field);
  if (kind == doubling) {
    const Element square = multiplyElements(left.x, left.x, field);
    numerator = addElements(addElements(square, square, field), square, field);
  }
  const Element slope = multiplyElements(numerator, denominatorInverse, field);
  Point sum;
  sum.x = subtractElements(multiplyElements(slope, slope, field), addElements(left.x, right.x, field), field);
  sum.y = multiplyElements(slope, subtractElements(left.x, sum.x, field), field);
  sum.y = subtractElements(sum.y, left.y, field);
  return sum;
}

/// The point, or its opposite.
static Point withSign(Point point, bool negated, const FieldConstants *field) {
  if (negated) point.y = subtractElements((Element){{0, 0, 0, 0}}, point.y, field);
  return point;
}

static void storePoint(uint64_t *limbs, Point point) {
  storeElement(limbs, point.x);
  storeElement(limbs + 4, point.y);
}

/// The points that are added: with `lefts` the neighbours from those places of `left` on, else left[i] and right[i],
/// the latter negated if so wished.
typedef struct {
  const uint64_t *left, *right;
  const int32_t *lefts;
  bool negated;
} Operands;

static void loadPair(Point *left, Point *right, const Operands *operands, size_t i, const FieldConstants *field) {
  const uint64_t *first = operands->left + 8 * (operands->lefts ? (size_t)operands->lefts[i] : i);
  *left = loadPoint(first);
  *right = withSign(loadPoint(operands->lefts ? first + 8 : operands->right + 8 * i), operands->negated, field);
}

/// Adds all pairs with one inversion: products of denominators forward, inverses and sums backward.
static void addAll(
    uint64_t *target, const int32_t *outs, const Operands *operands, size_t count, uint64_t *scratch,
    const FieldConstants *field) {
  const FieldConstants f = *field;
  Element product = loadElement(f.radix), denominator;
  Point left, right;
  for (size_t i = 0; i < count; i++) {
    loadPair(&left, &right, operands, i, &f);
    kindOfPair(left, right, &denominator, &f);
    storeElement(scratch + 4 * i, product);
    product = multiplyElements(product, denominator, &f);
  }
  Element inverse;
  fieldInvert(inverse.limb, product.limb, &f);
  for (size_t i = count; i-- > 0;) {
    loadPair(&left, &right, operands, i, &f);
    const Kind kind = kindOfPair(left, right, &denominator, &f);
    const Element own = multiplyElements(inverse, loadElement(scratch + 4 * i), &f);
    inverse = multiplyElements(inverse, denominator, &f);
    storePoint(target + 8 * (outs ? (size_t)outs[i] : i), sumOfPair(left, right, kind, own, &f));
  }
}

void portableAddPairs(
    uint64_t *target, const int32_t *outs, const uint64_t *source, const int32_t *lefts, size_t count,
    uint64_t *scratch, const FieldConstants *field) {
  const Operands operands = {source, source, lefts, false};
  addAll(target, outs, &operands, count, scratch, field);
}

void portableAddPoints(
    uint64_t *target, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field) {
  const Operands operands = {target, addends, NULL, negated};
  addAll(target, NULL, &operands, count, scratch, field);
}

void fieldGatherPoints(
    uint64_t *target, const uint64_t *source, const uint32_t *entries, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element zero = {{0, 0, 0, 0}};
  for (size_t i = 0; i < count; i++) {
    // The points are in no order in memory: those needed soon are asked for early. They may straddle two lines.
    if (i + 16 < count) {
      const uint64_t *later = source + 8 * (size_t)(entries[i + 16] >> 1);
      __builtin_prefetch(later);
      __builtin_prefetch(later + 7);
    }
    const uint64_t *point = source + 8 * (size_t)(entries[i] >> 1);
    const uint64_t mask = 0 - (uint64_t)(entries[i] & 1);
    const Element y = loadElement(point + 4), negated = subtractElements(zero, y, &f);
    storeElement(target + 8 * i, loadElement(point));
    for (int k = 0; k < 4; k++) target[8 * i + 4 + k] = y.limb[k] ^ ((y.limb[k] ^ negated.limb[k]) & mask);
  }
}
