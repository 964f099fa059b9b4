#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

/// Groups of eight values whose powers are computed side by side, since one alone waits for its own products.
enum { sideBySide = 2 };

/// The powers of sideBySide groups of eight values.
LANES void powers(
    uint64_t *out[sideBySide], const uint64_t *values[sideBySide], const uint64_t *exponent, Lanes radix260,
    Lanes radix256, const LaneField *f) {
  Lanes table[16][sideBySide], result[sideBySide];
  for (int g = 0; g < sideBySide; g++) {
    // Brought from the factor 2^256 to 2^260, which raw products keep: below 16p times below p, so below 2p, as are all
    // products that follow.
    table[0][g] = radix260;
    table[1][g] = normalise(multiplyRaw(loadLanesTimes16(values[g]), radix260, f));
  }
  for (int k = 2; k < 16; k++)
    for (int g = 0; g < sideBySide; g++) table[k][g] = normalise(multiplyRaw(table[k - 1][g], table[1][g], f));
  for (int g = 0; g < sideBySide; g++) result[g] = table[exponent[3] >> 60][g];
  for (int digit = 62; digit >= 0; digit--) {
    for (int k = 0; k < 4; k++)
      for (int g = 0; g < sideBySide; g++) result[g] = normalise(squareRaw(result[g], f));
    const uint64_t window = exponent[digit / 16] >> (4 * (digit % 16)) & 15;
    for (int g = 0; g < sideBySide; g++) result[g] = normalise(multiplyRaw(result[g], table[window][g], f));
  }
  for (int g = 0; g < sideBySide; g++) storeLanes(out[g], reduceTwice(multiplyRaw(result[g], radix256, f), f));
}

WIDE_VECTORS void ifmaPower(
    uint64_t *out, const uint64_t *values, const uint64_t *exponent, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  Element radix260 = loadElement(field->radix);
  for (int i = 0; i < 4; i++) radix260 = addElements(radix260, radix260, field);
  for (size_t i = 0; i < count; i += 8 * sideBySide) {
    // An odd last group is computed twice.
    const size_t second = i + 8 < count ? i + 8 : i;
    uint64_t *targets[sideBySide] = {out + 4 * i, out + 4 * second};
    const uint64_t *sources[sideBySide] = {values + 4 * i, values + 4 * second};
    powers(targets, sources, exponent, broadcast(radix260.limb), broadcast(field->radix), &f);
  }
}
#endif
