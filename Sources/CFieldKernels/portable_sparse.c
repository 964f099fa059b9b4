#include "portable.h"

void portableMultiplySparse(
    uint64_t *out, const FieldSparseMatrix *matrix, const uint64_t *values, size_t lanes, size_t first,
    const FieldConstants *field) {
  const FieldConstants f = *field;
  for (size_t row = 0; row < matrix->rowCount; row++)
    for (size_t lane = first; lane < lanes; lane++) {
      Element sum = {{0, 0, 0, 0}};
      for (size_t e = matrix->rowStarts[row]; e < matrix->rowStarts[row + 1]; e++) {
        const Element value = loadElement(values + 4 * (lanes * matrix->columns[e] + lane));
        const uint32_t index = matrix->coefficientIndices[e];
        if (index == 0)
          sum = addElements(sum, value, &f);
        else if (index == 1)
          sum = subtractElements(sum, value, &f);
        else
          sum = addElements(sum, multiplyElements(loadElement(matrix->coefficients + 4 * index), value, &f), &f);
      }
      storeElement(out + 4 * (lanes * row + lane), sum);
    }
}
