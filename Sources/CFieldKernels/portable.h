// The portable path of every kernel of CFieldKernels.h, with the same contracts.
#ifndef FIELD_PORTABLE_H
#define FIELD_PORTABLE_H
#include "element.h"

void portableAdd(uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
void portableSubtract(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
void portableMultiply(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
void portableScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
void portableAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
void portableInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field);
void portableInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field);
void portableInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field);
void portableSplit(uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field);
void portableDot(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field);
void portableDotSmall(
    uint64_t *out, const uint64_t *values, const int64_t *integers, size_t count, const FieldConstants *field);

void portableFromIntegers(uint64_t *out, const int64_t *integers, size_t count, const FieldConstants *field);
void portableAddScaledIntegers(
    uint64_t *accumulator, const int64_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field);
void portableAddScaledRows(
    uint64_t *accumulator, const int64_t *integers, size_t stride, const uint64_t *factors, size_t rows, size_t count,
    const FieldConstants *field);

bool portableAreTernary(const int16_t *integers, size_t count);
bool portableTernaryRowCodes(uint8_t *codes, const int16_t *const *rows, size_t rowCount, size_t count);
bool portableTernaryCodes(uint8_t *codes, const int16_t *integers, size_t count);
void portableAddTableSums(
    uint64_t *accumulator, const uint64_t *tables, size_t groups, const uint8_t *codes, size_t groupStride,
    size_t stride, size_t count, const FieldConstants *field);
void portableAddTernary(
    uint64_t *accumulator, const int16_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field);
/// Lanes `first` ... `lanes` - 1 only.
void portableMultiplySparse(
    uint64_t *out, const FieldSparseMatrix *matrix, const uint64_t *values, size_t lanes, size_t first,
    const FieldConstants *field);
void portableBindRows(
    uint64_t *out, size_t outStride, const uint64_t *values, size_t stride, const uint64_t *products, size_t count,
    const FieldConstants *field);

void portableLoadBlocks(uint64_t *blocks, const uint64_t *points, size_t count);
void portableStoreBlocks(uint64_t *points, const uint64_t *blocks, size_t count);
void portableScaleBlocks(
    uint64_t *out, const uint64_t *blocks, const uint64_t *factor, size_t count, const FieldConstants *field);
void portableAddBlocks(
    uint64_t *blocks, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field);
void portableSumGroups(
    uint64_t *target, const uint64_t *source, const uint32_t *entries, const FieldPointGroup *groups, size_t count,
    uint64_t *scratch, const FieldConstants *field);

void portablePower(
    uint64_t *out, const uint64_t *values, const uint64_t *exponent, size_t count, const FieldConstants *field);

#endif
