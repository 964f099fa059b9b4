#include "portable.h"

/// value^exponent for an exponent that is no secret, four bits at a time.
static Element power(Element value, const uint64_t exponent[4], const FieldConstants *field) {
  Element powers[16];
  powers[0] = loadElement(field->radix);
  for (int i = 1; i < 16; i++) powers[i] = multiplyElements(powers[i - 1], value, field);
  Element result = powers[0];
  for (int digit = 63; digit >= 0; digit--) {
    for (int i = 0; i < 4; i++) result = multiplyElements(result, result, field);
    result = multiplyElements(result, powers[exponent[digit / 16] >> (4 * (digit % 16)) & 15], field);
  }
  return result;
}

void portablePower(
    uint64_t *out, const uint64_t *values, const uint64_t *exponent, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t i = 0; i < count; i++) storeElement(out + 4 * i, power(loadElement(values + 4 * i), exponent, &f));
}
