// Every kernel, on the path this processor has: whole groups of eight elements there, the rest portably.
#include "ifma.h"
#include "portable.h"

#if defined(__x86_64__)
/// Code for processors that may have the wide path.
#define WIDE_PATH(statement) statement
#else
#define WIDE_PATH(statement)
#endif

bool fieldKernelsHaveIFMA(void) {
  WIDE_PATH(return __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512f") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx2"););
  return false;
}

/// Elements of `count` that go through the wide path.
static size_t wideCount(size_t count) { return fieldKernelsHaveIFMA() ? count & ~(size_t)7 : 0; }

void fieldAdd(uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaAdd(out, left, right, wide, field);)
  portableAdd(out + rest, left + rest, right + rest, count - wide, field);
}

void fieldSubtract(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaSubtract(out, left, right, wide, field);)
  portableSubtract(out + rest, left + rest, right + rest, count - wide, field);
}

void fieldMultiply(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaMultiply(out, left, right, wide, field);)
  portableMultiply(out + rest, left + rest, right + rest, count - wide, field);
}

void fieldScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaScale(out, values, factor, wide, field);)
  portableScale(out + rest, values + rest, factor, count - wide, field);
}

void fieldAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaAddScaled(accumulator, values, factor, wide, field);)
  portableAddScaled(accumulator + rest, values + rest, factor, count - wide, field);
}

void fieldInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaInterpolate(out, low, high, factor, wide, field);)
  portableInterpolate(out + rest, low + rest, high + rest, factor, count - wide, field);
}

void fieldInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaInterpolatePairs(out, values, factor, wide, field);)
  portableInterpolatePairs(out + rest, values + 2 * rest, factor, count - wide, field);
}

void fieldInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaInterpolateLine(low, high, next, factor, slope, wide, field);)
  portableInterpolateLine(low + rest, high + rest, next + rest, factor, slope, count - wide, field);
}

void fieldSplit(uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaSplit(low, high, factor, wide, field);)
  portableSplit(low + rest, high + rest, factor, count - wide, field);
}

/// Adds an element to a sum.
static void accumulate(uint64_t *out, const uint64_t *term, const FieldConstants *field) {
  portableAdd(out, out, term, 1, field);
}

void fieldDot(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  uint64_t sum[4] = {0};
  WIDE_PATH(if (wide != 0) ifmaDot(sum, left, right, wide, field);)
  portableDot(out, left + rest, right + rest, count - wide, field);
  accumulate(out, sum, field);
}

void fieldDotSmall(
    uint64_t *out, const uint64_t *values, const int64_t *integers, size_t count, const FieldConstants *field) {
  size_t wide = wideCount(count);
  uint64_t sum[4] = {0};
  WIDE_PATH(if (wide != 0 && !ifmaDotSmall(sum, values, integers, wide, field)) wide = 0;)
  portableDotSmall(out, values + 4 * wide, integers + wide, count - wide, field);
  accumulate(out, sum, field);
}

void fieldFromIntegers(uint64_t *out, const int64_t *integers, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count);
  WIDE_PATH(if (wide != 0) ifmaFromIntegers(out, integers, wide, field);)
  portableFromIntegers(out + 4 * wide, integers + wide, count - wide, field);
}

void fieldAddScaledIntegers(
    uint64_t *accumulator, const int64_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count);
  WIDE_PATH(if (wide != 0) ifmaAddScaledIntegers(accumulator, integers, factor, wide, field);)
  portableAddScaledIntegers(accumulator + 4 * wide, integers + wide, factor, count - wide, field);
}

void fieldAddScaledRows(
    uint64_t *accumulator, const int64_t *integers, size_t stride, const uint64_t *factors, size_t rows, size_t count,
    const FieldConstants *field) {
  for (size_t row = 0; row < rows; row += 64) {
    const size_t some = rows - row < 64 ? rows - row : 64;
    const int64_t *first = integers + stride * row;
    size_t wide = wideCount(count);
    WIDE_PATH(if (wide != 0) wide = ifmaAddScaledRows(accumulator, first, stride, factors + 4 * row, some, wide, field);)
    portableAddScaledRows(
        accumulator + 4 * wide, first + wide, stride, factors + 4 * row, some, count - wide, field);
  }
}

#if defined(__x86_64__)
/// Whether the wide path adds points over this field: its bounds hold for moduli of at least 2^248.
static bool sumsWide(const FieldConstants *field) {
  return fieldKernelsHaveIFMA() && field->modulus[3] >> 56 != 0;
}
#endif

size_t fieldGroupScratch(const FieldPointGroup *groups, size_t count) {
  size_t words = 20 * count;
  WIDE_PATH(const size_t wide = ifmaGroupScratch(groups, count); if (wide > words) words = wide;)
  return words;
}

void fieldSumGroups(
    uint64_t *target, const uint64_t *source, const uint32_t *entries, const FieldPointGroup *groups, size_t count,
    uint64_t *scratch, const FieldConstants *field) {
  if (count == 0) return;
  WIDE_PATH(if (sumsWide(field) && ifmaSumGroups(target, source, entries, groups, count, scratch, field)) return;)
  portableSumGroups(target, source, entries, groups, count, scratch, field);
}

size_t fieldBlockScratch(size_t count) { return fieldBlockWords() * count; }

size_t fieldBlockWords(void) { return 160; }

void fieldLoadBlocks(uint64_t *blocks, const uint64_t *points, size_t count, const FieldConstants *field) {
  WIDE_PATH(if (sumsWide(field)) {
    ifmaLoadBlocks(blocks, points, count);
    return;
  })
  portableLoadBlocks(blocks, points, count);
}

void fieldStoreBlocks(uint64_t *points, const uint64_t *blocks, size_t count, const FieldConstants *field) {
  WIDE_PATH(if (sumsWide(field)) {
    ifmaStoreBlocks(points, blocks, count, field);
    return;
  })
  portableStoreBlocks(points, blocks, count);
}

void fieldScaleBlocks(
    uint64_t *out, const uint64_t *blocks, const uint64_t *factor, size_t count, const FieldConstants *field) {
  WIDE_PATH(if (sumsWide(field)) {
    ifmaScaleBlocks(out, blocks, factor, count, field);
    return;
  })
  portableScaleBlocks(out, blocks, factor, count, field);
}

bool fieldDoubleBlocks(uint64_t *blocks, size_t count, uint64_t *scratch, const FieldConstants *field) {
  WIDE_PATH(if (sumsWide(field)) return ifmaDoubleBlocks(blocks, count, scratch, field);)
  portableAddBlocks(blocks, blocks, false, count, scratch, field);
  return true;
}

bool fieldAddBlocks(
    uint64_t *blocks, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field) {
  WIDE_PATH(if (sumsWide(field)) return ifmaAddBlocks(blocks, addends, negated, count, scratch, field);)
  portableAddBlocks(blocks, addends, negated, count, scratch, field);
  return true;
}

void fieldPower(
    uint64_t *out, const uint64_t *values, const uint64_t *exponent, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count), rest = 4 * wide;
  WIDE_PATH(if (wide != 0) ifmaPower(out, values, exponent, wide, field);)
  portablePower(out + rest, values + rest, exponent, count - wide, field);
}

bool fieldAreTernary(const int16_t *integers, size_t count) {
  WIDE_PATH(if (fieldKernelsHaveIFMA()) return wideAreTernary(integers, count);)
  return portableAreTernary(integers, count);
}

bool fieldTernaryRowCodes(uint8_t *codes, const int16_t *const *rows, size_t rowCount, size_t count) {
  WIDE_PATH(if (fieldKernelsHaveIFMA()) return wideTernaryRowCodes(codes, rows, rowCount, count);)
  return portableTernaryRowCodes(codes, rows, rowCount, count);
}

bool fieldTernaryCodes(uint8_t *codes, const int16_t *entries, size_t count) {
  WIDE_PATH(if (fieldKernelsHaveIFMA()) return wideTernaryCodes(codes, entries, count);)
  return portableTernaryCodes(codes, entries, count);
}

void fieldAddTableSums(
    uint64_t *accumulator, const uint64_t *tables, size_t groups, const uint8_t *codes, size_t groupStride,
    size_t stride, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count);
  WIDE_PATH(if (wide != 0) ifmaAddTableSums(accumulator, tables, groups, codes, groupStride, stride, wide, field);)
  portableAddTableSums(
      accumulator + 4 * wide, tables, groups, codes + stride * wide, groupStride, stride, count - wide, field);
}

void fieldAddTernary(
    uint64_t *accumulator, const int16_t *entries, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const size_t wide = wideCount(count);
  WIDE_PATH(if (wide != 0) ifmaAddTernary(accumulator, entries, factor, wide, field);)
  portableAddTernary(accumulator + 4 * wide, entries + wide, factor, count - wide, field);
}

void fieldBindRows(
    uint64_t *out, size_t outStride, const uint64_t *values, size_t stride, const uint64_t *products, size_t count,
    const FieldConstants *field) {
  const size_t wide = wideCount(count);
  WIDE_PATH(if (wide != 0) ifmaBindRows(out, outStride, values, stride, products, wide, field);)
  portableBindRows(out + 4 * wide, outStride, values + 4 * wide, stride, products, count - wide, field);
}

size_t fieldSparseScratch(const FieldSparseMatrix *matrix, size_t lanes) {
  return wideCount(lanes) == 0 ? 0 : 8 + 5 * matrix->coefficientCount + 40 * matrix->columnCount;
}

void fieldMultiplySparse(
    uint64_t *out, const FieldSparseMatrix *matrix, const uint64_t *values, size_t lanes, uint64_t *scratch,
    const FieldConstants *field) {
  const size_t wide = wideCount(lanes);
  WIDE_PATH(if (wide != 0) ifmaMultiplySparse(out, matrix, values, lanes, wide, scratch, field);)
  portableMultiplySparse(out, matrix, values, lanes, wide, field);
}
