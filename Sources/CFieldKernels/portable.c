#include "portable.h"

// The constants are copied to the stack, so that the compiler knows no store changes them.

void portableAdd(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t i = 0; i < count; i++)
    storeElement(out + 4 * i, addElements(loadElement(left + 4 * i), loadElement(right + 4 * i), &f));
}

void portableSubtract(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t i = 0; i < count; i++)
    storeElement(out + 4 * i, subtractElements(loadElement(left + 4 * i), loadElement(right + 4 * i), &f));
}

void portableMultiply(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t i = 0; i < count; i++)
    storeElement(out + 4 * i, multiplyElements(loadElement(left + 4 * i), loadElement(right + 4 * i), &f));
}

void portableScale(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element c = loadElement(factor);
  for (size_t i = 0; i < count; i++) storeElement(out + 4 * i, multiplyElements(loadElement(values + 4 * i), c, &f));
}

void portableAddScaled(
    uint64_t *accumulator, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element c = loadElement(factor);
  for (size_t i = 0; i < count; i++) {
    Element product = multiplyElements(loadElement(values + 4 * i), c, &f);
    storeElement(accumulator + 4 * i, addElements(loadElement(accumulator + 4 * i), product, &f));
  }
}

void portableInterpolate(
    uint64_t *out, const uint64_t *low, const uint64_t *high, const uint64_t *factor, size_t count,
    const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element c = loadElement(factor);
  for (size_t i = 0; i < count; i++) {
    Element a = loadElement(low + 4 * i);
    Element difference = subtractElements(loadElement(high + 4 * i), a, &f);
    storeElement(out + 4 * i, addElements(a, multiplyElements(difference, c, &f), &f));
  }
}

void portableInterpolatePairs(
    uint64_t *out, const uint64_t *values, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element c = loadElement(factor);
  for (size_t i = 0; i < count; i++) {
    Element a = loadElement(values + 8 * i);
    Element difference = subtractElements(loadElement(values + 8 * i + 4), a, &f);
    storeElement(out + 4 * i, addElements(a, multiplyElements(difference, c, &f), &f));
  }
}

void portableInterpolateLine(
    uint64_t *low, const uint64_t *high, uint64_t *next, const uint64_t *factor, const uint64_t *slope, size_t count,
    const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element c = loadElement(factor), s = loadElement(slope);
  for (size_t i = 0; i < count; i++) {
    Element a = loadElement(low + 4 * i);
    Element difference = subtractElements(loadElement(high + 4 * i), a, &f);
    Element rise = multiplyElements(difference, s, &f);
    storeElement(next + 4 * i, addElements(loadElement(next + 4 * i), rise, &f));
    storeElement(low + 4 * i, addElements(a, multiplyElements(difference, c, &f), &f));
  }
}

void portableSplit(uint64_t *low, uint64_t *high, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element c = loadElement(factor);
  for (size_t i = 0; i < count; i++) {
    Element whole = loadElement(low + 4 * i);
    Element product = multiplyElements(whole, c, &f);
    storeElement(high + 4 * i, product);
    storeElement(low + 4 * i, subtractElements(whole, product, &f));
  }
}

void portableDot(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  Element sum = {{0, 0, 0, 0}};
  for (size_t i = 0; i < count; i++)
    sum = addElements(sum, multiplyElements(loadElement(left + 4 * i), loadElement(right + 4 * i), &f), &f);
  storeElement(out, sum);
}

void portableDotSmall(
    uint64_t *out, const uint64_t *values, const int64_t *integers, size_t count, const FieldConstants *field) {
  // An integer v is u - 2^64 [v < 0] with u its bits, so value v = value u + 2^64 (p - value) [v < 0] modulo p.
  // Both sums are below 2^255 2^64 2^32 and fit six limbs together.
  const FieldConstants f = *field;
  uint64_t sum[8] = {0}, corrections[5] = {0};
  for (size_t i = 0; i < count; i++) {
    const Element value = loadElement(values + 4 * i);
    const uint64_t bits = (uint64_t)integers[i], mask = 0 - (bits >> 63);
    uint64_t high = 0, carry = 0, correctionCarry = 0, borrow = 0;
    for (int k = 0; k < 4; k++) {
      uint64_t digit = multiplyAddCarry(value.limb[k], bits, 0, &high);
      sum[k] = addCarry(sum[k], digit, &carry);
      uint64_t complement = subtractBorrow(f.modulus[k], value.limb[k], &borrow);
      corrections[k] = addCarry(corrections[k], complement & mask, &correctionCarry);
    }
    sum[4] = addCarry(sum[4], high, &carry);
    sum[5] += carry;
    corrections[4] += correctionCarry;
  }
  uint64_t carry = 0;
  for (int k = 0; k < 5; k++) sum[k + 1] = addCarry(sum[k + 1], corrections[k], &carry);
  // low + 2^256 high modulo p: low R / R + high R^2 / R.
  const Element low = multiplyElements(loadElement(f.radix), loadElement(sum), &f);
  const Element high = multiplyElements(loadElement(f.radixSquared), loadElement(sum + 4), &f);
  storeElement(out, addElements(low, high, &f));
}

/// |integer| times a factor that is given 2^256 times too large, with the integer's sign.
static Element multiplyInteger(int64_t integer, Element factor, const FieldConstants *field) {
  const uint64_t magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
  const Element product = multiplyElements(factor, (Element){{magnitude, 0, 0, 0}}, field);
  return integer < 0 ? subtractElements((Element){{0, 0, 0, 0}}, product, field) : product;
}

void portableFromIntegers(uint64_t *out, const int64_t *integers, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element one = loadElement(f.radixSquared);
  for (size_t i = 0; i < count; i++) storeElement(out + 4 * i, multiplyInteger(integers[i], one, &f));
}

void portableAddScaledIntegers(
    uint64_t *accumulator, const int64_t *integers, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const FieldConstants f = *field;
  const Element converted = multiplyElements(loadElement(factor), loadElement(f.radixSquared), &f);
  for (size_t i = 0; i < count; i++) {
    const Element term = multiplyInteger(integers[i], converted, &f);
    storeElement(accumulator + 4 * i, addElements(loadElement(accumulator + 4 * i), term, &f));
  }
}

void portableAddScaledRows(
    uint64_t *accumulator, const int64_t *integers, size_t stride, const uint64_t *factors, size_t rows, size_t count,
    const FieldConstants *field) {
  for (size_t row = 0; row < rows; row++)
    portableAddScaledIntegers(accumulator, integers + stride * row, factors + 4 * row, count, field);
}
