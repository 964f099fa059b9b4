// Vector kernels over 256-bit prime fields in Montgomery form (radix 2^256), four little-endian 64-bit limbs an
// element.
//
// Contract of every function: elements are below the modulus, on input and on output; `count` counts elements; an
// output may be the same array as an input, but must not overlap one otherwise. Every function gives bit-identical
// results on every path (portable, AVX-512 IFMA); the path is chosen at run time. Time does not depend on values, that
// of inversions, of additions of points and of what is said to be about ternary integers apart.
#ifndef C_FIELD_KERNELS_H
#define C_FIELD_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A prime p below 2^255, R mod p and R^2 mod p with R = 2^256, and -p^-1 mod 2^64.
typedef struct {
  uint64_t modulus[4];
  uint64_t radix[4];
  uint64_t radixSquared[4];
  uint64_t negativeInverse;
} FieldConstants;

/// Whether this processor has the AVX-512 IFMA path.
bool fieldKernelsHaveIFMA(void);

/// out[i] = left[i] + right[i].
void fieldAdd(uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
/// out[i] = left[i] - right[i].
void fieldSubtract(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
/// out[i] = left[i] * right[i].
void fieldMultiply(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
/// out[i] = values[i] * factor.
void fieldScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
/// accumulator[i] += values[i] * factor.
void fieldAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
/// out[i] = low[i] + factor * (high[i] - low[i]); out may be low or high.
void fieldInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field);
/// out[i] = values[2 i] + factor * (values[2 i + 1] - values[2 i]); out may be values.
void fieldInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
/// next[i] += slope * (high[i] - low[i]), then low[i] += factor * (high[i] - low[i]).
void fieldInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field);
/// high[i] = low[i] * factor, then low[i] -= high[i].
void fieldSplit(uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field);
/// out = the sum of left[i] * right[i].
void fieldDot(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
/// out = the sum of values[i] * integers[i]; count is below 2^32.
void fieldDotSmall(
    uint64_t *out, const uint64_t *values, const int64_t *integers, size_t count, const FieldConstants *field);

/// out[i] = integers[i].
void fieldFromIntegers(uint64_t *out, const int64_t *integers, size_t count, const FieldConstants *field);
/// accumulator[i] += integers[i] * factor.
void fieldAddScaledIntegers(
    uint64_t *accumulator, const int64_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field);
/// accumulator[i] += the sum over r of integers[stride r + i] * factors[r].
void fieldAddScaledRows(
    uint64_t *accumulator, const int64_t *integers, size_t stride, const uint64_t *factors, size_t rows, size_t count,
    const FieldConstants *field);

/// Whether all integers are -1, 0 or 1.
bool fieldAreTernary(const int16_t *integers, size_t count);
/// codes[i] = the sum over r < 4 of 3^r (rows[r][i] + 1), a row from `rowCount` on counting as zeros; at most four rows.
/// Returns false, leaving anything in codes, unless all integers are -1, 0 or 1.
bool fieldTernaryRowCodes(uint8_t *codes, const int16_t *const *rows, size_t rowCount, size_t count);
/// codes[g] = the sum over j < 4 of 3^j (integers[4 g + j] + 1), integers from `count` on counting as zeros; likewise.
bool fieldTernaryCodes(uint8_t *codes, const int16_t *integers, size_t count);
/// For every four factors, the last ones completed by zeros, the sums with all coefficients -1, 0 and 1:
/// tables[81 g + code] = the sum over j < 4 of (digit j of code - 1) * factors[4 g + j], digits being those to base 3.
void fieldTernaryTables(uint64_t *tables, const uint64_t *factors, size_t count, const FieldConstants *field);
/// accumulator[i] += the sum over g < groups of tables[81 g + codes[groupStride g + stride i]]; at most 2^20 groups, codes
/// below 81.
void fieldAddTableSums(
    uint64_t *accumulator, const uint64_t *tables, size_t groups, const uint8_t *codes, size_t groupStride,
    size_t stride, size_t count, const FieldConstants *field);
/// accumulator[i] += factor, 0 or -factor by the sign of integers[i].
void fieldAddTernary(
    uint64_t *accumulator, const int16_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field);
/// Binds the four bits of the numbers of sixteen rows to polynomials l_0 ... l_3 of degree 1: out[outStride k + i] is the
/// coefficient of t^k, k <= 4, of the sum over rows r of values[stride r + i] times the product over bits b of l_b where
/// bit b of r is set and 1 - l_b elsewhere. products[5 r + k] is the coefficient of t^k of the product of l_b over the bits
/// b set in r.
void fieldBindRows(
    uint64_t *out, size_t outStride, const uint64_t *values, size_t stride, const uint64_t *products, size_t count,
    const FieldConstants *field);

/// A sparse matrix in compressed rows: row r has entries rowStarts[r] ... rowStarts[r + 1] - 1, each with its column and the
/// index of its coefficient; coefficients[0] is 1, coefficients[1] is -1.
typedef struct {
  const uint32_t *rowStarts, *columns, *coefficientIndices;
  size_t rowCount, columnCount;
  const uint64_t *coefficients;
  size_t coefficientCount;
} FieldSparseMatrix;

/// Words of scratch memory that fieldMultiplySparse needs for so many lanes.
size_t fieldSparseScratch(const FieldSparseMatrix *matrix, size_t lanes);
/// out[lanes r + i] = the sum over the entries of row r of coefficient * values[lanes column + i]: the matrix times many
/// vectors, one in every lane. out and values do not overlap.
void fieldMultiplySparse(
    uint64_t *out, const FieldSparseMatrix *matrix, const uint64_t *values, size_t lanes, uint64_t *scratch,
    const FieldConstants *field);

/// Points that are added: those that entries[start] ... entries[start + length - 1] refer to, `length` being at least 1.
/// An entry is twice a point's number, and one more if its opposite is meant.
typedef struct {
  uint32_t start, length;
  /// Where the sum is stored.
  uint32_t place;
} FieldPointGroup;

/// Words of scratch memory that fieldSumGroups needs for these groups, which come by falling length.
size_t fieldGroupScratch(const FieldPointGroup *groups, size_t count);
/// target[g.place] = the sum of the points of g, for all groups g, which come by falling length; for points of a curve
/// y^2 = x^3 + b without points with y = 0.
///
/// A point is x and y, eight limbs; (0, 0) is infinity. All cases are handled: equal points, opposite points, infinity;
/// but only sums of different finite points are fast. source and target do not overlap.
void fieldSumGroups(
    uint64_t *target, const uint64_t *source, const uint32_t *entries, const FieldPointGroup *groups, size_t count,
    uint64_t *scratch, const FieldConstants *field);

// Blocks: sixteen points each, in a form of the path's own, in memory on whole cache lines (64 bytes); always used from
// the first block on. None of these points is infinity where the wide path is taken.

/// Words of a block.
size_t fieldBlockWords(void);
/// Words of scratch memory, on whole cache lines, that additions of so many blocks need.
size_t fieldBlockScratch(size_t count);
/// Fills blocks with `count` points, at least one; the last point fills the last block.
void fieldLoadBlocks(uint64_t *blocks, const uint64_t *points, size_t count, const FieldConstants *field);
/// Reads the first `count` points of blocks.
void fieldStoreBlocks(uint64_t *points, const uint64_t *blocks, size_t count, const FieldConstants *field);
/// Every (x, y) of `count` blocks becomes (factor x, y).
void fieldScaleBlocks(
    uint64_t *out, const uint64_t *blocks, const uint64_t *factor, size_t count, const FieldConstants *field);
/// Doubles the points of `count` blocks. False, with the blocks as they were, if the wide path is taken and some are
/// infinity.
bool fieldDoubleBlocks(uint64_t *blocks, size_t count, uint64_t *scratch, const FieldConstants *field);
/// Adds the addends, or subtracts them, place by place. False, with the blocks as they were, if the wide path is taken
/// and some places do not have points of different x.
bool fieldAddBlocks(
    uint64_t *blocks, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field);
/// out[i] = values[i]^exponent, the exponent being four little-endian words that are no secret.
void fieldPower(
    uint64_t *out, const uint64_t *values, const uint64_t *exponent, size_t count, const FieldConstants *field);
/// out = 1 / value for a nonzero value, and 0 for 0.
void fieldInvert(uint64_t *out, const uint64_t *value, const FieldConstants *field);

#endif
