// One inversion for all lanes.
#ifndef FIELD_LANE_INVERSES_H
#define FIELD_LANE_INVERSES_H
#include "lanes.h"
#if defined(__x86_64__)

/// For the product T in every lane the value 2^518 / T modulo p, normalised; one inversion. False if a T is 0.
LANES bool inverseOfProduct(Lanes *inverses, Lanes product, const LaneField *f, const FieldConstants *field) {
  __m512i words[4];
  uint64_t byWord[4][8];
  Element totals[8], prefixes[8];
  toWords(words, reduceTwice(product, f));
  for (int i = 0; i < 4; i++) _mm512_storeu_si512(byWord[i], words[i]);
  Element running = loadElement(field->radix);
  for (int lane = 0; lane < 8; lane++) {
    for (int i = 0; i < 4; i++) totals[lane].limb[i] = byWord[i][lane];
    prefixes[lane] = running;
    running = multiplyElements(running, totals[lane], field);
  }
  if ((running.limb[0] | running.limb[1] | running.limb[2] | running.limb[3]) == 0) return false;
  // The inverse in Montgomery form is 2^512 / T; six doublings make it 2^518 / T.
  Element inverse;
  fieldInvert(inverse.limb, running.limb, field);
  for (int i = 0; i < 6; i++) inverse = addElements(inverse, inverse, field);
  for (int lane = 7; lane >= 0; lane--) {
    const Element own = multiplyElements(inverse, prefixes[lane], field);
    inverse = multiplyElements(inverse, totals[lane], field);
    for (int i = 0; i < 4; i++) byWord[i][lane] = own.limb[i];
  }
  for (int i = 0; i < 4; i++) words[i] = _mm512_loadu_si512(byWord[i]);
  *inverses = fromWords(words);
  return true;
}

#endif
#endif
