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

/// target[i] += addends[i], or -=; with one inversion in all.
static void addPoints(
    uint64_t *target, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field) {
  // Products of denominators forward, inverses and sums backward.
  const FieldConstants f = *field;
  Element product = loadElement(f.radix), denominator;
  for (size_t i = 0; i < count; i++) {
    const Point right = withSign(loadPoint(addends + 8 * i), negated, &f);
    kindOfPair(loadPoint(target + 8 * i), right, &denominator, &f);
    storeElement(scratch + 4 * i, product);
    product = multiplyElements(product, denominator, &f);
  }
  Element inverse;
  fieldInvert(inverse.limb, product.limb, &f);
  for (size_t i = count; i-- > 0;) {
    const Point left = loadPoint(target + 8 * i), right = withSign(loadPoint(addends + 8 * i), negated, &f);
    const Kind kind = kindOfPair(left, right, &denominator, &f);
    const Element own = multiplyElements(inverse, loadElement(scratch + 4 * i), &f);
    inverse = multiplyElements(inverse, denominator, &f);
    storePoint(target + 8 * i, sumOfPair(left, right, kind, own, &f));
  }
}

void portableSumGroups(
    uint64_t *target, const uint64_t *source, const uint32_t *entries, const FieldPointGroup *groups, size_t count,
    uint64_t *scratch, const FieldConstants *field) {
  uint64_t *sums = scratch, *addends = scratch + 8 * count, *rest = scratch + 16 * count;
  size_t open = count;
  for (size_t position = 0; open > 0; position++) {
    // The groups come by falling length.
    while (open > 0 && groups[open - 1].length <= position) open--;
    for (size_t i = 0; i < open; i++) {
      const uint32_t entry = entries[groups[i].start + position];
      const Point point = withSign(loadPoint(source + 8 * (size_t)(entry >> 1)), entry & 1, field);
      storePoint((position == 0 ? sums : addends) + 8 * i, point);
    }
    if (position > 0) addPoints(sums, addends, false, open, rest, field);
  }
  for (size_t i = 0; i < count; i++) storePoint(target + 8 * (size_t)groups[i].place, loadPoint(sums + 8 * i));
}

// A block is its sixteen points one after another, without the rest of its words.

void portableLoadBlocks(uint64_t *blocks, const uint64_t *points, size_t count) {
  for (size_t i = 0; i < (count + 15) / 16 * 16; i++)
    storePoint(blocks + 8 * i, loadPoint(points + 8 * (i < count ? i : count - 1)));
}

void portableStoreBlocks(uint64_t *points, const uint64_t *blocks, size_t count) {
  for (size_t i = 0; i < count; i++) storePoint(points + 8 * i, loadPoint(blocks + 8 * i));
}

void portableScaleBlocks(
    uint64_t *out, const uint64_t *blocks, const uint64_t *factor, size_t count, const FieldConstants *field) {
  for (size_t i = 0; i < 16 * count; i++) {
    Point point = loadPoint(blocks + 8 * i);
    point.x = multiplyElements(point.x, loadElement(factor), field);
    storePoint(out + 8 * i, point);
  }
}

void portableAddBlocks(
    uint64_t *blocks, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field) {
  addPoints(blocks, addends, negated, 16 * count, scratch, field);
}
