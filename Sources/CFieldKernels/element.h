// One element at a time, in portable C: the reference every vector path must agree with.
#ifndef FIELD_ELEMENT_H
#define FIELD_ELEMENT_H
#include "CFieldKernels.h"

typedef unsigned __int128 Wide;

/// Four limbs, least significant first.
typedef struct {
  uint64_t limb[4];
} Element;

static inline Element loadElement(const uint64_t *limbs) {
  return (Element){{limbs[0], limbs[1], limbs[2], limbs[3]}};
}

static inline void storeElement(uint64_t *limbs, Element value) {
  limbs[0] = value.limb[0];
  limbs[1] = value.limb[1];
  limbs[2] = value.limb[2];
  limbs[3] = value.limb[3];
}

/// left + right + *carry, leaving the carry out.
static inline uint64_t addCarry(uint64_t left, uint64_t right, uint64_t *carry) {
  Wide sum = (Wide)left + right + *carry;
  *carry = (uint64_t)(sum >> 64);
  return (uint64_t)sum;
}

/// left - right - *borrow, leaving the borrow out.
static inline uint64_t subtractBorrow(uint64_t left, uint64_t right, uint64_t *borrow) {
  Wide difference = (Wide)left - right - *borrow;
  *borrow = (uint64_t)(difference >> 64) & 1;
  return (uint64_t)difference;
}

/// left * right + addend + *carry, leaving the high limb in *carry.
static inline uint64_t multiplyAddCarry(uint64_t left, uint64_t right, uint64_t addend, uint64_t *carry) {
  Wide product = (Wide)left * right + addend + *carry;
  *carry = (uint64_t)(product >> 64);
  return (uint64_t)product;
}

/// A value below 2p, less p unless it is below p.
static inline Element reduceOnce(Element value, const FieldConstants *field) {
  Element difference;
  uint64_t borrow = 0;
  for (int i = 0; i < 4; i++) difference.limb[i] = subtractBorrow(value.limb[i], field->modulus[i], &borrow);
  uint64_t keep = 0 - borrow;
  for (int i = 0; i < 4; i++) difference.limb[i] ^= (difference.limb[i] ^ value.limb[i]) & keep;
  return difference;
}

static inline Element addElements(Element left, Element right, const FieldConstants *field) {
  Element sum;
  uint64_t carry = 0;
  for (int i = 0; i < 4; i++) sum.limb[i] = addCarry(left.limb[i], right.limb[i], &carry);
  return reduceOnce(sum, field);
}

static inline Element subtractElements(Element left, Element right, const FieldConstants *field) {
  Element difference;
  uint64_t borrow = 0, carry = 0;
  for (int i = 0; i < 4; i++) difference.limb[i] = subtractBorrow(left.limb[i], right.limb[i], &borrow);
  uint64_t mask = 0 - borrow;
  for (int i = 0; i < 4; i++) difference.limb[i] = addCarry(difference.limb[i], field->modulus[i] & mask, &carry);
  return difference;
}

/// left * right / 2^256 mod p; left below p, right any four limbs.
static inline Element multiplyElements(Element left, Element right, const FieldConstants *field) {
  Element running = {{0, 0, 0, 0}};
  for (int row = 0; row < 4; row++) {
    uint64_t digit = right.limb[row], high = 0, carry = 0;
    uint64_t lowest = multiplyAddCarry(left.limb[0], digit, running.limb[0], &high);
    uint64_t multiple = lowest * field->negativeInverse;
    multiplyAddCarry(multiple, field->modulus[0], lowest, &carry);
    for (int i = 1; i < 4; i++) {
      uint64_t middle = multiplyAddCarry(left.limb[i], digit, running.limb[i], &high);
      running.limb[i - 1] = multiplyAddCarry(multiple, field->modulus[i], middle, &carry);
    }
    running.limb[3] = high + carry;  // no overflow: the running value is below 2p < 2^256
  }
  return reduceOnce(running, field);
}

#endif
