// Inversion by a binary extended Euclidean algorithm that works on 64-bit approximations, 31 steps at a time.
// Pornin, "Optimized binary GCD for modular inversion", ePrint 2020/972, algorithm 2.
#include "element.h"

/// Steps between two updates of the long numbers.
enum { stepsAtOnce = 31 };

/// a' = (f a + g b) / 2^31 in the row that replaces a, and likewise for b.
typedef struct {
  int64_t f, g;
} Row;

/// The number of bits of a nonzero number of four limbs, and at least 64.
static int bitLength(const uint64_t limbs[4]) {
  for (int i = 3; i > 0; i--)
    if (limbs[i] != 0) return 64 * i + 64 - __builtin_clzll(limbs[i]);
  return 64;
}

/// The low 31 bits of a number, and above them the 33 bits from `shift` on.
static uint64_t approximation(const uint64_t limbs[4], int shift) {
  const int word = shift / 64, bits = shift % 64;
  const uint64_t next = word < 3 ? limbs[word + 1] : 0;
  const uint64_t top = limbs[word] >> bits | (next << 1) << (63 - bits);
  return (limbs[0] & 0x7fffffff) | top << 31;
}

/// 31 steps of the algorithm on approximations: an odd a loses b, the smaller of both having become b; a is halved.
static void steps(uint64_t a, uint64_t b, Row rows[2]) {
  int64_t f0 = 1, g0 = 0, f1 = 0, g1 = 1;
  for (int i = 0; i < stepsAtOnce; i++) {
    const uint64_t odd = 0 - (a & 1), swap = odd & (0 - (uint64_t)(a < b));
    const uint64_t difference = (a ^ b) & swap;
    const int64_t f = (f0 ^ f1) & (int64_t)swap, g = (g0 ^ g1) & (int64_t)swap;
    a ^= difference;
    b ^= difference;
    f0 ^= f;
    f1 ^= f;
    g0 ^= g;
    g1 ^= g;
    a = (a - (b & odd)) >> 1;
    f0 -= f1 & (int64_t)odd;
    g0 -= g1 & (int64_t)odd;
    f1 *= 2;
    g1 *= 2;
  }
  rows[0] = (Row){f0, g0};
  rows[1] = (Row){f1, g1};
}

/// f a + g b + h c as five limbs in two's complement; |f|, |g| and h are at most 2^31.
static void combine(
    uint64_t out[5], Row row, const uint64_t a[4], const uint64_t b[4], int64_t h, const uint64_t c[4]) {
  __int128 sum = 0;
  for (int i = 0; i < 4; i++) {
    sum += (__int128)a[i] * row.f + (__int128)b[i] * row.g + (__int128)c[i] * h;
    out[i] = (uint64_t)sum;
    sum >>= 64;
  }
  out[4] = (uint64_t)sum;
}

/// Shifts five limbs right by 31 bits into four, of a number that fits; whether it is negative is told.
static bool shifted(uint64_t out[4], const uint64_t limbs[5]) {
  for (int i = 0; i < 4; i++) out[i] = limbs[i] >> stepsAtOnce | limbs[i + 1] << (64 - stepsAtOnce);
  return (int64_t)limbs[4] < 0;
}

/// Replaces a row's number by its combination, made positive together with the row.
static void updateNumber(uint64_t out[4], Row *row, const uint64_t a[4], const uint64_t b[4]) {
  static const uint64_t zero[4] = {0};
  uint64_t limbs[5];
  combine(limbs, *row, a, b, 0, zero);
  if (!shifted(out, limbs)) return;
  *row = (Row){-row->f, -row->g};
  uint64_t borrow = 0;
  for (int i = 0; i < 4; i++) out[i] = subtractBorrow(0, out[i], &borrow);
}

/// The row's combination of residues, divided by 2^31 modulo p, below p.
static void updateResidue(uint64_t out[4], Row row, const Element *u, const Element *v, const FieldConstants *field) {
  // The multiple of p that makes the combination divisible; then it is between -p and 2p.
  const uint64_t low = u->limb[0] * (uint64_t)row.f + v->limb[0] * (uint64_t)row.g;
  const int64_t multiple = (int64_t)((low * field->negativeInverse) & 0x7fffffff);
  uint64_t limbs[5];
  combine(limbs, row, u->limb, v->limb, multiple, field->modulus);
  if (shifted(out, limbs)) {
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) out[i] = addCarry(out[i], field->modulus[i], &carry);
  } else {
    storeElement(out, reduceOnce(loadElement(out), field));
  }
}

void fieldInvert(uint64_t *out, const uint64_t *value, const FieldConstants *field) {
  // Always a = u y and b = v y modulo p for the value y; at the end a is 0 and b is 1, or y was 0 and v still is.
  Element a = loadElement(value), b = loadElement(field->modulus);
  Element u = {{1, 0, 0, 0}}, v = {{0, 0, 0, 0}};
  // 2 * 255 - 1 steps are enough for numbers below 2^255.
  for (int round = 0; round * stepsAtOnce < 2 * 255 - 1; round++) {
    uint64_t either[4];
    for (int i = 0; i < 4; i++) either[i] = a.limb[i] | b.limb[i];
    const int shift = bitLength(either) - 33;
    Row rows[2];
    steps(approximation(a.limb, shift), approximation(b.limb, shift), rows);
    Element nextA, nextB, nextU, nextV;
    updateNumber(nextA.limb, &rows[0], a.limb, b.limb);
    updateNumber(nextB.limb, &rows[1], a.limb, b.limb);
    updateResidue(nextU.limb, rows[0], &u, &v, field);
    updateResidue(nextV.limb, rows[1], &u, &v, field);
    a = nextA, b = nextB, u = nextU, v = nextV;
  }
  // The value was R y: twice by R^2 / R makes 1 / (R y) into R / y.
  const Element radixSquared = loadElement(field->radixSquared);
  storeElement(out, multiplyElements(multiplyElements(v, radixSquared, field), radixSquared, field));
}
