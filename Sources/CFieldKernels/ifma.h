// The AVX-512 IFMA path of the kernels of CFieldKernels.h, for counts that are multiples of 8. Declared for every
// processor; called only where fieldKernelsHaveIFMA() holds.
#ifndef FIELD_IFMA_H
#define FIELD_IFMA_H
#include "CFieldKernels.h"

void ifmaAdd(uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
void ifmaSubtract(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
void ifmaMultiply(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
void ifmaScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
void ifmaAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
void ifmaInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field);
void ifmaInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
void ifmaInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field);
void ifmaSplit(uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field);
void ifmaDot(uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
/// Returns false, leaving out alone, when an integer is not in [-2^51, 2^51).
bool ifmaDotSmall(
    uint64_t *out, const uint64_t *values, const int64_t *integers, size_t count, const FieldConstants *field);

void ifmaPower(
    uint64_t *out, const uint64_t *values, const uint64_t *exponent, size_t count, const FieldConstants *field);
/// For every count.
void ifmaFromIntegers(uint64_t *out, const int64_t *integers, size_t count, const FieldConstants *field);
void ifmaAddScaledIntegers(
    uint64_t *accumulator, const int64_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field);
/// For at most 64 rows; stops where an integer is not in [-2^51, 2^51) and returns how many columns are done.
size_t ifmaAddScaledRows(
    uint64_t *accumulator, const int64_t *integers, size_t stride, const uint64_t *factors, size_t rows, size_t count,
    const FieldConstants *field);
/// The integers' signs are read by bit 15 and by being above 0.
void ifmaAddTernary(
    uint64_t *accumulator, const int16_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field);
void ifmaAddTableSums(
    uint64_t *accumulator, const uint64_t *tables, size_t groups, const uint8_t *codes, size_t groupStride,
    size_t stride, size_t count, const FieldConstants *field);
/// Lanes 0 ... `wide` - 1 only, a multiple of eight.
void ifmaMultiplySparse(
    uint64_t *out, const FieldSparseMatrix *matrix, const uint64_t *values, size_t lanes, size_t wide,
    uint64_t *scratch, const FieldConstants *field);
void ifmaBindRows(
    uint64_t *out, size_t outStride, const uint64_t *values, size_t stride, const uint64_t *products, size_t count,
    const FieldConstants *field);
/// For processors with AVX2, every count.
bool wideAreTernary(const int16_t *integers, size_t count);
bool wideTernaryRowCodes(uint8_t *codes, const int16_t *const *rows, size_t rowCount, size_t count);
bool wideTernaryCodes(uint8_t *codes, const int16_t *integers, size_t count);
size_t ifmaGroupScratch(const FieldPointGroup *groups, size_t count);
/// For moduli of at least 2^248. False, with nothing stored, if points are not finite or not different.
bool ifmaSumGroups(
    uint64_t *target, const uint64_t *source, const uint32_t *entries, const FieldPointGroup *groups, size_t count,
    uint64_t *scratch, const FieldConstants *field);
/// Kernels on blocks of sixteen points of 160 words, on whole cache lines, for moduli of at least 2^248.
void ifmaLoadBlocks(uint64_t *blocks, const uint64_t *points, size_t count);
void ifmaStoreBlocks(uint64_t *points, const uint64_t *blocks, size_t count, const FieldConstants *field);
void ifmaScaleBlocks(
    uint64_t *out, const uint64_t *blocks, const uint64_t *factor, size_t count, const FieldConstants *field);
bool ifmaDoubleBlocks(uint64_t *blocks, size_t count, uint64_t *scratch, const FieldConstants *field);
bool ifmaAddBlocks(
    uint64_t *blocks, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field);

#endif
