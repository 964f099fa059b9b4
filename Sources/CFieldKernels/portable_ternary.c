#include "ifma.h"
#include "portable.h"

// Sums with coefficients -1, 0 and 1, by sums prepared for every four of them.

void fieldTernaryTables(uint64_t *tables, const uint64_t *factors, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t first = 0; first < count; first += 4, tables += 4 * 81) {
    Element sum = {{0, 0, 0, 0}}, some[4];
    for (size_t j = 0; j < 4; j++) {
      some[j] = first + j < count ? loadElement(factors + 4 * (first + j)) : (Element){{0, 0, 0, 0}};
      sum = subtractElements(sum, some[j], &f);
    }
    // All digits 0: every coefficient -1. Then the digits are raised, the lowest first.
    storeElement(tables, sum);
    size_t known = 1;
    for (size_t j = 0; j < 4; j++) {
      for (size_t code = 0; code < 2 * known; code++)
        storeElement(tables + 4 * (known + code), addElements(loadElement(tables + 4 * code), some[j], &f));
      known *= 3;
    }
  }
}

/// Whether all entries are -1, 0 or 1; most lists that are not are known by their first entries.
static inline __attribute__((always_inline)) bool areTernary(const int16_t *entries, size_t count) {
  for (size_t i = 0; i < count;) {
    const size_t end = i == 0 && count > 32 ? 32 : count;
    uint16_t largest = 0;
    for (; i < end; i++) {
      const uint16_t digit = (uint16_t)(entries[i] + 1);
      largest = largest < digit ? digit : largest;
    }
    if (largest > 2) return false;
  }
  return true;
}

static inline __attribute__((always_inline)) bool rowCodes(
    uint8_t *codes, const int16_t *const *rows, size_t rowCount, size_t count) {
  const uint8_t powers[4] = {1, 3, 9, 27};
  uint8_t absent = 0;
  for (size_t row = rowCount; row < 4; row++) absent += powers[row];
  for (size_t i = 0; i < count; i++) codes[i] = absent;
  for (size_t row = 0; row < rowCount; row++) {
    const int16_t *entries = rows[row];
    const uint8_t power = powers[row];
    if (!areTernary(entries, count)) return false;
    for (size_t i = 0; i < count; i++) codes[i] = (uint8_t)(codes[i] + power * (uint8_t)(entries[i] + 1));
  }
  return true;
}

static inline __attribute__((always_inline)) bool neighbourCodes(
    uint8_t *codes, const int16_t *entries, size_t count) {
  if (!areTernary(entries, count)) return false;
  for (size_t group = 0; group < count / 4; group++) {
    const int16_t *e = entries + 4 * group;
    codes[group] = (uint8_t)(40 + e[0] + 3 * e[1] + 9 * e[2] + 27 * e[3]);
  }
  for (size_t group = count / 4; 4 * group < count; group++) {
    uint8_t code = 0;
    for (size_t j = 4; j-- > 0;)
      code = (uint8_t)(3 * code + (uint8_t)((4 * group + j < count ? entries[4 * group + j] : 0) + 1));
    codes[group] = code;
  }
  return true;
}

bool portableAreTernary(const int16_t *entries, size_t count) { return areTernary(entries, count); }

bool portableTernaryRowCodes(uint8_t *codes, const int16_t *const *rows, size_t rowCount, size_t count) {
  return rowCodes(codes, rows, rowCount, count);
}

bool portableTernaryCodes(uint8_t *codes, const int16_t *entries, size_t count) {
  return neighbourCodes(codes, entries, count);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) bool wideAreTernary(const int16_t *entries, size_t count) {
  return areTernary(entries, count);
}

__attribute__((target("avx2"))) bool wideTernaryRowCodes(
    uint8_t *codes, const int16_t *const *rows, size_t rowCount, size_t count) {
  return rowCodes(codes, rows, rowCount, count);
}

__attribute__((target("avx2"))) bool wideTernaryCodes(uint8_t *codes, const int16_t *entries, size_t count) {
  return neighbourCodes(codes, entries, count);
}
#endif

void portableAddTableSums(
    uint64_t *accumulator, const uint64_t *tables, size_t groups, const uint8_t *codes, size_t groupStride,
    size_t stride, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t i = 0; i < count; i++) {
    Element sum = loadElement(accumulator + 4 * i);
    for (size_t group = 0; group < groups; group++) {
      const uint64_t *table = tables + 4 * 81 * group;
      sum = addElements(sum, loadElement(table + 4 * codes[groupStride * group + stride * i]), &f);
    }
    storeElement(accumulator + 4 * i, sum);
  }
}

void portableAddTernary(
    uint64_t *accumulator, const int16_t *entries, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element zero = {{0, 0, 0, 0}}, c = loadElement(factor), opposite = subtractElements(zero, c, &f);
  for (size_t i = 0; i < count; i++) {
    const Element term = entries[i] > 0 ? c : entries[i] < 0 ? opposite : zero;
    storeElement(accumulator + 4 * i, addElements(loadElement(accumulator + 4 * i), term, &f));
  }
}
