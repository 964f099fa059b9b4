// Every kernel, on the path this processor has.
#include "portable.h"

void fieldAdd(uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  portableAdd(out, left, right, count, field);
}

void fieldSubtract(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  portableSubtract(out, left, right, count, field);
}

void fieldMultiply(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  portableMultiply(out, left, right, count, field);
}

void fieldScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  portableScale(out, values, factor, count, field);
}

void fieldAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  portableAddScaled(accumulator, values, factor, count, field);
}

void fieldInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field) {
  portableInterpolate(out, low, high, factor, count, field);
}

void fieldInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  portableInterpolatePairs(out, values, factor, count, field);
}

void fieldInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field) {
  portableInterpolateLine(low, high, next, factor, slope, count, field);
}

void fieldSplit(uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field) {
  portableSplit(low, high, factor, count, field);
}

void fieldDot(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  portableDot(out, left, right, count, field);
}
