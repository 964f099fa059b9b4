#include "portable.h"

void portableBindRows(
    uint64_t *out, size_t outStride, const uint64_t *values, size_t stride, const uint64_t *products, size_t count,
    const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t i = 0; i < count; i++) {
    Element rows[16];
    for (size_t r = 0; r < 16; r++) rows[r] = loadElement(values + 4 * (stride * r + i));
    for (size_t bit = 1; bit < 16; bit *= 2)
      for (size_t r = 0; r < 16; r++)
        if (r & bit) rows[r] = subtractElements(rows[r], rows[r ^ bit], &f);
    for (size_t k = 0; k < 5; k++) {
      Element sum = k == 0 ? rows[0] : (Element){{0, 0, 0, 0}};
      for (size_t r = 1; r < 16; r++)
        if ((size_t)__builtin_popcountll(r) >= k)
          sum = addElements(sum, multiplyElements(rows[r], loadElement(products + 20 * r + 4 * k), &f), &f);
      storeElement(out + 4 * (outStride * k + i), sum);
    }
  }
}
