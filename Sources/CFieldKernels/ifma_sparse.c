#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

/// Entries of a row whose products are added without reducing them: with as many, the sum is below 2^260 p.
enum { entriesAtOnce = 32 };

/// Adds the product of normalised limbs and one number in limbs, the same in every lane.
LANES void addProduct(__m512i c[10], Lanes value, const uint64_t *factor) {
#pragma clang loop unroll(full)
  for (int j = 0; j < 5; j++) {
    const __m512i b = _mm512_set1_epi64((long long)factor[j]);
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) {
      c[i + j] = _mm512_madd52lo_epu64(c[i + j], value.limb[i], b);
      c[i + j + 1] = _mm512_madd52hi_epu64(c[i + j + 1], value.limb[i], b);
    }
  }
}

/// The sum of some entries of a row, at most `entriesAtOnce`, below p.
///
/// Entries 1 and -1 are added limb by limb, n of them, with a multiple of p that keeps the sum between 0 and n p, both
/// included.
LANES Lanes sumOfEntries(
    const FieldSparseMatrix *matrix, size_t start, size_t end, const uint64_t *table, const uint64_t *factors,
    const LaneField *f) {
  __m512i c[10];
  for (int i = 0; i < 10; i++) c[i] = _mm512_setzero_si512();
  Lanes plain;
  for (int i = 0; i < 5; i++) plain.limb[i] = _mm512_setzero_si512();
  int positive = 0, negative = 0;
  for (size_t e = start; e < end; e++) {
    const uint64_t *words = table + 40 * (size_t)matrix->columns[e];
    Lanes value;
    for (int i = 0; i < 5; i++) value.limb[i] = _mm512_load_si512(words + 8 * i);
    const uint32_t index = matrix->coefficientIndices[e];
    if (index == 0) {
      plain = addRaw(plain, value);
      positive++;
    } else if (index == 1) {
      plain = subtractRaw(plain, value);
      negative++;
    } else
      addProduct(c, value, factors + 5 * (size_t)index);
  }
  const int terms = positive + negative;
  if (negative > 0) {
    const __m512i times = _mm512_set1_epi64(negative);
    for (int i = 0; i < 5; i++)
      plain.limb[i] = _mm512_add_epi64(plain.limb[i], _mm512_mullo_epi64(f->modulus.limb[i], times));
  }
  plain = normalise(plain);
  if ((size_t)terms == end - start && terms <= 3) return reduceFourTimes(plain, f);
  if (terms <= 2) return reduceFourTimes(addRaw(reduceRaw(c, f), plain), f);
  addProduct(c, plain, factors);
  return reduceTwice(reduceRaw(c, f), f);
}

WIDE_VECTORS void ifmaMultiplySparse(
    uint64_t *out, const FieldSparseMatrix *matrix, const uint64_t *values, size_t lanes, size_t wide,
    uint64_t *scratch, const FieldConstants *field) {
  const LaneField f = laneField(field);
  uint64_t *table = (uint64_t *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
  uint64_t *factors = table + 40 * matrix->columnCount;
  for (size_t i = 0; i < matrix->coefficientCount; i++) limbsTimes16Reduced(factors + 5 * i, matrix->coefficients + 4 * i, field);
  for (size_t lane = 0; lane < wide; lane += 8) {
    for (size_t column = 0; column < matrix->columnCount; column++) {
      const Lanes value = loadLanes(values + 4 * (lanes * column + lane));
      for (int i = 0; i < 5; i++) _mm512_store_si512(table + 40 * column + 8 * i, value.limb[i]);
    }
    for (size_t row = 0; row < matrix->rowCount; row++) {
      size_t start = matrix->rowStarts[row];
      const size_t end = matrix->rowStarts[row + 1];
      size_t stop = end - start > entriesAtOnce ? start + entriesAtOnce : end;
      Lanes sum = sumOfEntries(matrix, start, stop, table, factors, &f);
      for (start = stop; start < end; start = stop) {
        stop = end - start > entriesAtOnce ? start + entriesAtOnce : end;
        sum = reduceTwice(addRaw(sum, sumOfEntries(matrix, start, stop, table, factors, &f)), &f);
      }
      storeLanes(out + 4 * (lanes * row + lane), sum);
    }
  }
}
#endif
